# Which table hooks get: DataFrames.DataFrame where the active project has DataFrames, else the worker's own.

"""
((names, columns) to a data frame, (package, version) of it). Raises PACKAGE_MISSING where DataFrames is there
but cannot be loaded.
"""
function choose_data_frame()
    id = find_package_id("DataFrames")
    if id === nothing
        offer_data_table(Main)
        return make_data_table, ("drumline table", WORKER_VERSION)
    end
    progress("importing DataFrames")
    loaded = try
        Base.require(id)
    catch error
        message =
            "the package DataFrames is in $(Base.active_project()) but cannot be loaded: " *
                "$(words_of(error)); repair it: $(command_to_add(["DataFrames"]))"
        throw(WorkerError("PACKAGE_MISSING", message, trace_of(error, catch_backtrace())))
    end
    make = (names, columns) -> loaded.DataFrame(columns, Symbol.(names); copycols = false)
    return make, ("DataFrames", version_of_package(loaded))
end

"""
What choose_data_frame gives, for a model without tables: DataFrames is for the hook file to import, which
gets the worker's own where there is none.
"""
function leave_data_frame()
    find_package_id("DataFrames") === nothing && offer_data_table(Main)
    return make_data_table, nothing
end

"The columns as the worker's own table, without a copy of them."
make_data_table(names, columns) = DataTable.DataFrame(columns, names; copycols = false)

"""
Lets user code write DataFrame(Predictions = values) without the package; what it defines itself under such a
name wins.
"""
function offer_data_table(owner::Module)
    loaded_package("DataFrames") === nothing && Core.eval(owner, :(using Main.DrumlineWorker.DataTable))
    return nothing
end
