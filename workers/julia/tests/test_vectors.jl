# Every case of protocol/vectors/*.tsv through the decoder, the encoder, the message reader and the tables.

module TestVectors

using ..Checks
using ..Vectors
import ..DrumlineWorker
import ..DrumlineWorker: decode, encode, read_request, read_table, table_to_wire, field, WireMap
import Dates

for case in Vectors.read_vectors("values")
    if case.verdict == "ok"
        check(() -> Vectors.same(decode(case.data), case.value), "values: $(case.name) is its value")
        check(
            () -> encode(decode(case.data)) in case.canonical,
            "values: $(case.name) is encoded in the canonical form",
        )
    else
        refused(() -> decode(case.data), "values: $(case.name) is refused", case.verdict)
    end
end

"""
The frames of a stream that brings the bytes in pieces of `step`, read as the worker reads, and how it ended.
"""
function frames_of(data, step)
    descriptors = Vector{Cint}(undef, 2)
    ccall(:pipe, Cint, (Ptr{Cint},), descriptors) == 0 || error("no pipe")
    stream = DrumlineWorker.Stream(descriptors[1], Cint(-1), 2 * 1024 * 1024)
    values, sent = Any[], 0
    function feed(count)
        sent += ccall(
            :write, Cssize_t, (Cint, Ptr{UInt8}, Csize_t), descriptors[2], pointer(data, sent + 1), count,
        )
    end
    # A pipe holds 64 KiB: what does not fit is laid into the stream's buffer, where reading would have put
    # it.
    if length(data) > 60_000
        stream.buffer, stream.stop, sent = copy(data), length(data), length(data)
    end
    try
        while sent < length(data)
            feed(min(step, length(data) - sent))
            DrumlineWorker.make_room(stream, stream.stop - stream.start + 2)
            stream.stop += DrumlineWorker.read_some(stream)
        end
        ccall(:close, Cint, (Cint,), descriptors[2])
        while (frame = DrumlineWorker.next_frame(stream)) !== nothing
            push!(values, decode(stream.buffer, frame...))
        end
        return values, "ok"
    catch error
        return values, error.code
    finally
        ccall(:close, Cint, (Cint,), descriptors[1])
    end
end

for case in Vectors.read_vectors("frames"), step in (1, 7, 1 << 30)
    values, verdict = frames_of(case.data, step)
    equal(() -> verdict, "frames: $(case.name) in pieces of $step ends as it is to", case.verdict)
    case.verdict == "ok" || continue
    check(() -> Vectors.same(values, case.value), "frames: $(case.name) in pieces of $step are its values")
    framed(body) = [reinterpret(UInt8, [htol(UInt32(length(body)))]); body]
    check(
        () -> reduce(vcat, (framed(encode(value)) for value in values); init = UInt8[]) in case.canonical,
        "frames: $(case.name) encoded anew",
    )
end

is_response(value) = value isa Vector && !isempty(value) && value[1] === 1

for case in Vectors.read_vectors("messages")
    if case.verdict == "ok"
        check(
            () -> encode(decode(case.data)) in case.canonical,
            "messages: $(case.name) is encoded in the canonical form",
        )
        is_response(case.value) && continue # a worker never reads one
        id, method, params = read_request(decode(case.data))
        if case.value[1] == 0
            check(
                () -> id == case.value[2] && method == case.value[3] && Vectors.same(params, case.value[4]),
                "messages: $(case.name) is read",
            )
        else
            equal(() -> id, "messages: $(case.name) is a notification", 0)
        end
    else
        startswith(case.name, "response-") && continue
        refused(() -> read_request(decode(case.data)), "messages: $(case.name) is refused", case.verdict)
    end
end

"A cell as the vectors write it: DateTime has no microseconds."
cell_of(cell, type) =
    ismissing(cell) ? nothing :
    type == "int64" ? string(cell) :
    type == "date" ? Dates.format(cell, "yyyy-mm-dd") :
    type == "timestamp" ? Dates.format(cell, "yyyy-mm-ddTHH:MM:SS.sss") :
    cell isa Float32 ? Float64(cell) : cell

expected_cell(cell, type) =
    cell === nothing || !(type in ("timestamp", "json")) ? cell :
    type == "timestamp" ? cell[1:(end - 3)] : DrumlineWorker.read_json(cell)

same_cells(cells, column) =
    length(cells) == length(column["values"]) && all(zip(cells, column["values"])) do (cell, value)
        return Vectors.same(plain(cell_of(cell, column["type"])), plain(expected_cell(value, column["type"])))
    end

plain(value) =
    value isa Dict ?
        WireMap(sort!(Pair{String,Any}[
            name => plain(item)
            for (name, item) in value
        ]; by = first)) |> string :
            value isa Vector ? plain.(value) : value

"What a Julia table cannot keep: microseconds, timezones, the spelling of JSON, rows without columns."
function loses(case)
    table = decode(case.data)
    return any(field(table, "columns")) do column
        field(column, "type") in ("json", "timestamp")
    end || case.name == "rows-without-columns"
end

"Cells as they are after the way through a table: a null of JSON has become missing."
kept(column) = repr(Any[cell === nothing ? missing : cell for cell in column])

for case in Vectors.read_vectors("tables")
    if case.verdict == "ok"
        rows, names, columns = read_table(decode(case.data))
        equal(() -> rows, "tables: $(case.name) has its rows", Int(case.value["rows"]))
        equal(
            () -> names,
            "tables: $(case.name) has its names",
            String[column["name"] for column in case.value["columns"]],
        )
        for (cells, column) in zip(columns, case.value["columns"])
            check(
                () -> same_cells(cells, column),
                "tables: $(case.name), column $(column["name"]) has its cells",
            )
        end
        _, again_names, again = read_table(decode(encode(table_to_wire(names, columns))))
        equal(
            () -> (again_names, map(kept, again)),
            "tables: $(case.name) is the same when it was written and read again",
            (names, map(kept, columns)),
        )
        loses(case) ||
            check(
                () -> encode(table_to_wire(names, columns)) in case.canonical,
                "tables: $(case.name) is written in the canonical form",
            )
    else
        refused(() -> read_table(decode(case.data)), "tables: $(case.name) is refused", case.verdict)
    end
end

"The column that a wire column with the further fields is read as."
function read_with(values; fields...)
    table = table_to_wire(["x"], [values])
    column = only(field(table, "columns"))
    more = [Pair{String,Any}(string(name), value) for (name, value) in fields]
    return only(read_table(WireMap([
        "rows" => length(values),
        "columns" => Any[WireMap([column.pairs; more])],
    ]))[3])
end

equal(
    () -> read_with(["-12.50", missing, "0.007"]; logical = "decimal"),
    "decimals are floats",
    [-12.5, missing, 0.007],
)
equal(
    () -> read_with([1, missing, -2]; logical = "duration"),
    "durations are nanoseconds",
    [Dates.Nanosecond(1), missing, Dates.Nanosecond(-2)],
)
equal(() -> read_with(["12:30:00"]; logical = "time"), "times of day are strings", ["12:30:00"])
equal(() -> read_with(["b", "a"]; levels = Any["b", "a"]), "categories are strings", ["b", "a"])
refused(() -> read_with(["x"]; logical = "decimal"), "a text that is no decimal is refused", "PARAMS_INVALID")

end
