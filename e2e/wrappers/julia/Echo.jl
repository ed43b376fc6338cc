# Returns what it gets, and has no other method.

struct Echo end

predict(model::Echo, X, names, meta) = X
