# One cell of a CSV as a number, a date, a time or a bool. Each reader takes the bytes `first` to `last`,
# blanks around them removed, and returns the value, or nothing where the cell is no such thing.

is_digit(byte::UInt8) = byte - 0x30 <= 0x09

"(bytes of a sign, whether it is a minus)"
function sign_at(data::Vector{UInt8}, at::Int)
    byte = @inbounds data[at]
    return Int(byte == UInt8('-') || byte == UInt8('+')), byte == UInt8('-')
end

function int_of(data::Vector{UInt8}, first::Int, last::Int)
    width, negative = sign_at(data, first)
    at = first + width
    at > last && return nothing
    number = UInt64(0)
    while at <= last
        digit = @inbounds data[at] - 0x30
        digit > 0x09 && return nothing
        number > 922337203685477580 && return nothing # ten times that is beyond an Int64, whatever the digit
        number = 10 * number + digit
        at += 1
    end
    number > (negative ? UInt64(1) << 63 : UInt64(1) << 63 - 1) && return nothing
    return reinterpret(Int64, negative ? -number : number)
end

"The float64 that is nearest to the text, also NaN and infinities in any case of letters."
function float_of(data::Vector{UInt8}, first::Int, last::Int)
    width, negative = sign_at(data, first)
    start = first + width
    number, at = append_digits(data, start, last, UInt64(0))
    digits, behind_point = at - start, 0
    if at <= last && @inbounds data[at] == UInt8('.')
        number, stop = append_digits(data, at + 1, last, number)
        behind_point = stop - at - 1
        digits += behind_point
        at = stop
    end
    digits == 0 && return named_float(data, start, last, negative)
    exponent = 0
    if at <= last
        read = exponent_at(data, at, last)
        read === nothing && return nothing
        exponent = read
    end
    scale = exponent - behind_point
    if (digits <= 19 || significant(data, start, last) <= 19) && -27 <= scale <= 22
        value = scale_exactly(number, scale)
        value < 0 || return negative ? -value : value
    end
    return GC.@preserve data ccall(
        :jl_strtod_c, Float64, (Ptr{UInt8}, Ptr{Ptr{UInt8}}), terminated(data, first, last), C_NULL,
    )
end

"`number` with the digits at `at` behind it, and the place behind them. It wraps beyond 19 digits."
@inline function append_digits(data::Vector{UInt8}, at::Int, last::Int, number::UInt64)
    @inbounds while at <= last
        digit = data[at] - 0x30
        digit > 0x09 && break
        number = 10 * number + digit
        at += 1
    end
    return number, at
end

"How many digits there are from the first that is not 0, up to an exponent."
function significant(data::Vector{UInt8}, first::Int, last::Int)
    count = 0
    for at in first:last
        byte = data[at]
        is_digit(byte) || byte == UInt8('.') || break
        count += is_digit(byte) && (count > 0 || byte != UInt8('0'))
    end
    return count
end

"A copy of the bytes that ends with 0."
terminated(data::Vector{UInt8}, first::Int, last::Int) = push!(data[first:last], 0x00)

"The value of `e12`, `f12` and the like that reaches from `at` to `last`; nothing for anything else."
function exponent_at(data::Vector{UInt8}, at::Int, last::Int)
    ((data[at] | 0x20) == UInt8('e') || (data[at] | 0x20) == UInt8('f')) && at < last || return nothing
    width, negative = sign_at(data, at + 1)
    at += 1 + width
    at > last && return nothing
    exponent = 0
    while at <= last
        is_digit(data[at]) || return nothing
        exponent = min(10 * exponent + (data[at] - 0x30), 99999)
        at += 1
    end
    return negative ? -exponent : exponent
end

const POWERS_OF_TEN = Float64[10.0^power for power in 0:22]
const POWERS_OF_FIVE = UInt64[UInt64(5)^power for power in 0:27]

"number x 10^scale, correctly rounded, for -27 <= scale <= 22; -1.0 where this way cannot tell."
function scale_exactly(number::UInt64, scale::Int)
    number == 0 && return 0.0
    if number < UInt64(1) << 53 # both factors are exact, so one operation rounds once
        scale >= 0 && return Float64(number) * POWERS_OF_TEN[scale + 1]
        scale >= -22 && return Float64(number) / POWERS_OF_TEN[1 - scale]
    end
    scale == 0 && return Float64(number)
    scale > 0 && return -1.0
    # A quotient of 62 or 63 bits by 5^-scale, whose last bit also tells that something remains, is rounded
    # once.
    divisor = POWERS_OF_FIVE[1 - scale]
    spare = leading_zeros(number)
    shift = 62 - leading_zeros(divisor)
    dividend = UInt128(number << spare) << shift
    quotient = (dividend ÷ divisor) % UInt64
    remains = quotient * UInt128(divisor) != dividend
    return Float64((quotient | remains) % Int64) * power_of_two(scale - shift - spare)
end

"2^exponent, for exponents of normal numbers."
power_of_two(exponent::Int) = reinterpret(Float64, (exponent + 1023) << 52)

function named_float(data::Vector{UInt8}, first::Int, last::Int, negative::Bool)
    matches(data, first, last, "nan") && return NaN
    (matches(data, first, last, "inf") || matches(data, first, last, "infinity")) && return negative ? -Inf :
        Inf
    return nothing
end

"Whether the bytes are `word`, which is in lower case, in any case."
function matches(data::Vector{UInt8}, first::Int, last::Int, word::String)
    last - first + 1 == ncodeunits(word) || return false
    for at in 1:ncodeunits(word)
        data[first + at - 1] | 0x20 == codeunit(word, at) || return false
    end
    return true
end

"true, True or TRUE, and 1 below one of these; so for false and 0."
function bool_of(data::Vector{UInt8}, first::Int, last::Int)
    size = last - first + 1
    size == 1 && (data[first] == UInt8('1') || data[first] == UInt8('0')) && return data[first] == UInt8('1')
    # The second letter tells all lower or all upper case, in which the first may be upper.
    size >= 4 || return nothing
    upper = data[first + 1] < UInt8('a')
    upper && data[first] >= UInt8('a') && return nothing
    for at in (first + 2):last
        (data[at] < UInt8('a')) == upper || return nothing
    end
    matches(data, first, last, "true") && return true
    return matches(data, first, last, "false") ? false : nothing
end

"(value of 1 to `most` digits at `at`, place behind them, digits); digits is 0 where there are none."
function digits_at(data::Vector{UInt8}, at::Int, last::Int, most::Int)
    start, value = at, 0
    while at <= last && at - start < most && is_digit(data[at])
        value = 10 * value + (data[at] - 0x30)
        at += 1
    end
    return value, at, at - start
end

"""
Two or three numbers with `mark` between them: (values, 1 or 0 for one that is left out, place behind them,
how many); or nothing.
"""
function numbers_at(
    data::Vector{UInt8}, at::Int, last::Int, mark::UInt8, widths::NTuple{3,Int}, left_out::Int,
)
    one, at, count = digits_at(data, at, last, widths[1])
    (count == 0 || at > last || data[at] != mark) && return nothing
    two, at, count = digits_at(data, at + 1, last, widths[2])
    count == 0 && return nothing
    (at > last || data[at] != mark) && return (one, two, left_out, at, 2)
    three, at, count = digits_at(data, at + 1, last, widths[3])
    return count == 0 ? nothing : (one, two, three, at, 3)
end

const DATE_WIDTHS = (9, 2, 2)

"2020-01-02, or 2020-01 for the first of the month"
function date_of(data::Vector{UInt8}, first::Int, last::Int)
    read = numbers_at(data, first, last, UInt8('-'), DATE_WIDTHS, 1)
    (read === nothing || read[4] <= last) && return nothing
    return made_date(read[1], read[2], read[3])
end

made_date(year, month, day) =
    1 <= month <= 12 && 1 <= day <= Dates.daysinmonth(year, month) ? Dates.Date(year, month, day) : nothing

"03:04, or 03:04:05 and up to nine digits of a second"
function time_of(data::Vector{UInt8}, first::Int, last::Int)
    nanoseconds = nanoseconds_at(data, first, last, 9)
    return nanoseconds === nothing ? nothing : Dates.Time(Dates.Nanosecond(nanoseconds))
end

function nanoseconds_at(data::Vector{UInt8}, first::Int, last::Int, most_digits::Int)
    read = numbers_at(data, first, last, UInt8(':'), (2, 2, 2), 0)
    read === nothing && return nothing
    hour, minute, second, at, count = read
    (hour > 23 || minute > 59 || second > 59) && return nothing
    fraction = 0
    if at <= last
        (count == 3 && data[at] == UInt8('.')) || return nothing
        value, at, count = digits_at(data, at + 1, last, most_digits)
        (count == 0 || at <= last) && return nothing
        fraction = value * 10^(9 - count)
    end
    return ((hour * 60 + minute) * 60 + second) * 1_000_000_000 + fraction
end

"2020-01-02T03:04, or 2020-01-02T03:04:05 and up to three digits of a second"
function datetime_of(data::Vector{UInt8}, first::Int, last::Int)
    read = numbers_at(data, first, last, UInt8('-'), DATE_WIDTHS, 1)
    (read === nothing || read[5] < 3 || read[4] > last || data[read[4]] != UInt8('T')) && return nothing
    date = made_date(read[1], read[2], read[3])
    nanoseconds = nanoseconds_at(data, read[4] + 1, last, 3)
    (date === nothing || nanoseconds === nothing) && return nothing
    return Dates.DateTime(date) + Dates.Millisecond(nanoseconds ÷ 1_000_000)
end
