# The third of three languages: doubles what the model answered.

struct Node end

transform_output(model::Node, X, names) = 2 .* X
