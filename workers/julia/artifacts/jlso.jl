# Machines of MLJ in .jlso files: reads them with MLJ up to 0.17, which saved that way, or with JLSO itself;
# predicts by MLJ.

module Jlso

import ..WorkerError, ..JlsoHeader, ..HeaderFault, ..read_jlso_header, ..package_missing, ..loaded_package,
    ..version_of_package
import ..find_package_id, ..progress, ..plain_cell, ..matching_level, ..DataTable

const rank = 1
const name = "MLJ"
const extensions = [".jlso"]
const holds = "a machine of MLJ (model, fitresult, report)"

const CLASSES = ("binary", "multiclass")
const NUMBERS = ("regression", "anomaly")

"A machine's two parts, where the MLJ that is here has no reader of its own for them."
struct FittedModel
    model::Any
    fitresult::Any
end

# -- loading ---------------------------------------------------------------------------------------

"""
The machine in the file. Raises ARTIFACT_UNREADABLE, ARTIFACT_UNSUPPORTED and PACKAGE_MISSING, all missing
packages named.
"""
function load(path::String)
    header = read_header(path)
    if !("model" in header.objects)
        held = join(header.objects, ", ")
        remedy = "define load_model, which can read it with JLSO.load"
        message = "$(basename(path)) holds $held, expected $holds; $remedy"
        throw(WorkerError("ARTIFACT_UNSUPPORTED", message))
    end
    import_packages_of(path, header)
    progress("reading $(basename(path))")
    return read_machine(path)
end

function read_header(path::String)
    try
        return read_jlso_header(path)
    catch error
        error isa HeaderFault || rethrow()
        message =
            "$(basename(path)) is no JLSO file: $(error.message); expected an artifact that MLJ.save or " *
                "JLSO.save has written"
        throw(WorkerError("ARTIFACT_UNREADABLE", message))
    end
end

function import_packages_of(path::String, header::JlsoHeader)
    names = sort!(collect(keys(header.packages)); by = name -> (name != "MLJ", name))
    ids = [Base.PkgId(Base.UUID(header.packages[name]), name) for name in names]
    missing_names = [id.name for id in ids if Base.locate_package(id) === nothing]
    any(startswith("MLJ"), names) || find_package_id("MLJ") !== nothing || push!(missing_names, "MLJ")
    isempty(missing_names) || throw(package_missing(basename(path), missing_names))
    for (number, id) in enumerate(ids)
        progress("importing $(id.name) ($number of $(length(ids)))", number - 1, length(ids))
        Base.require(id)
    end
    any(startswith("MLJ"), names) || Base.require(Base.identify_package("MLJ"))
end

"From 0.18 on MLJ saves in another way, and its `machine` cannot read these files any more."
function read_machine(path::String)
    owner = something(loaded_package("MLJ"), loaded_package("MLJBase"))
    version = version_of_package(owner)
    limit = nameof(owner) == :MLJ ? v"0.18" : v"0.20"
    version === nothing || VersionNumber(version) < limit && return Base.invokelatest(owner.machine, path)
    find_package_id("JLSO") !== nothing ||
        throw(package_missing("$(basename(path)), with $(nameof(owner)) $version,", ["JLSO"]))
    parts = Base.invokelatest(Base.require(Base.identify_package("JLSO")).load, path)
    return FittedModel(parts[:model], parts[:fitresult])
end

# -- choosing --------------------------------------------------------------------------------------

"Whether it is a fitted machine."
fits(@nospecialize(model)) = model isa FittedModel || is_machine(model)

function is_machine(@nospecialize(model))
    owner = loaded_package("MLJBase")
    owner === nothing && (owner = loaded_package("MLJ"))
    return owner !== nothing && isdefined(owner, :Machine) && model isa owner.Machine
end

"None: no object is there before the packages that define it."
packages(@nospecialize(model)) = String[]

"Why MLJ cannot serve the target type, in words, or nothing."
function find_fault(@nospecialize(model), target_type::String)
    target_type in CLASSES || target_type in NUMBERS || return unserved(target_type)
    prediction_type(model) # a model that cannot say it is no predictor: that is to fail while loading
    return nothing
end

unserved(target_type) =
    "MLJ is no predictor for the target type $target_type, expected one of " *
        "$(join((CLASSES..., NUMBERS...), ", "))"

# -- predicting ------------------------------------------------------------------------------------

const OWNERS = (
    "MLJ",
    "MLJBase",
    "MLJModelInterface",
    "StatisticalTraits",
    "CategoricalDistributions",
    "CategoricalArrays",
)

"Calls the function of this name of MLJ, or of the package below it that has it."
function mlj(name::Symbol, arguments...)
    for owner in OWNERS
        loaded = loaded_package(owner)
        loaded !== nothing && isdefined(loaded, name) &&
            return Base.invokelatest(getfield(loaded, name), arguments...)
    end
    throw(WorkerError(
        "PREDICTOR_FAILED",
        "no package of MLJ has the function $name; update MLJ, or define a score hook",
    ))
end

"(names, columns, labelled). Features go by position, as MLJ takes them."
function predict(@nospecialize(model), @nospecialize(data), target_type::String, labels)
    table, kind = as_table(data), prediction_type(model)
    if !(target_type in CLASSES)
        predicted = ask(kind == :probabilistic ? :predict_mean : :predict, model, table)
        return ["0"], AbstractVector[predicted], false
    end
    predicted = ask(:predict, model, table)
    return labels, kind == :deterministic ? hits(predicted, labels) : probabilities(predicted, labels), true
end

const ASKED = Ref{Any}((nothing, :unknown)) # the model that was asked last, and what it predicts

"What the model predicts: :probabilistic, :deterministic, …; asked of MLJ once for a model."
function prediction_type(@nospecialize(model))
    ASKED[][1] === model || (ASKED[] = (model, mlj(:prediction_type, model.model)))
    return ASKED[][2]::Symbol
end

function ask(operation::Symbol, @nospecialize(model), table)
    model isa FittedModel || return mlj(operation, model, table)
    return mlj(operation, model.model, model.fitresult, mlj(:reformat, model.model, table)...)
end

"MLJ takes what Tables.jl calls a table: a NamedTuple of columns is one."
function as_table(@nospecialize(data))
    data isa DataTable.DataFrame &&
        return NamedTuple{Tuple(DataTable.keys_of(data))}(Tuple(DataTable.columns_of(data)))
    return data isa AbstractMatrix ? mlj(:table, Matrix(data)) : data
end

"The probability of each label, a column a label."
function probabilities(@nospecialize(predicted), labels::Vector{String})
    levels = [plain_cell(level) for level in mlj(:levels, predicted[1])]
    chosen = [matching_level(label, levels) for label in labels]
    matrix = mlj(:pdf, predicted, chosen)
    return AbstractVector[matrix[:, at] for at in axes(matrix, 2)]
end

"1.0 where a row is of the label, else 0.0."
function hits(@nospecialize(predicted), labels::Vector{String})
    cells = [plain_cell(cell) for cell in predicted]
    categorical = nameof(typeof(predicted[1])) == :CategoricalValue
    levels =
        categorical ? [plain_cell(level) for level in mlj(:levels, predicted[1])] : unique([cells; labels])
    chosen = [matching_level(label, levels) for label in labels]
    return AbstractVector[Float64[isequal(cell, level) for cell in cells] for level in chosen]
end

end
