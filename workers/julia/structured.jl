# What a loaded model needs, in the order of its dependencies; included once hello has been sent.

import Dates
import SparseArrays

"The CSV reader, compiled for speed: what it reads is large."
module Csv

Base.Experimental.@optlevel 2

import Dates
import ..WorkerError

include("csv_cells.jl")
include("csv_numbers.jl")
include("csv.jl")

end

import .Csv: with_missing

include("logs.jl")
include("json.jl")
include("from_wire.jl")
include("to_wire.jl")
include("matrix_market.jl")
include("data_table.jl")
include("packages.jl")
include("data_frames.jl")
include("columns.jl")
include("payloads.jl")
include("parameters.jl")
include("hooks.jl")
include("class_labels.jl")
include("bson_header.jl")
include("artifacts.jl")
include("loading.jl")
include("component_names.jl")
include("component_arrays.jl")
include("component_messages.jl")
include("feedback.jl")
include("component.jl")
include("component_answers.jl")
include("model.jl")
include("unstructured.jl")
include("chat.jl")
include("mlops.jl")
include("warm.jl")
