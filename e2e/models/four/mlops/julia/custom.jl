# Reports two predictions, or for the text `few` one prediction too few; e2e/monitoring.test.ts compares the
# reports of the languages.

load_model(code_dir) = "model"

function score_unstructured(model, data; mlops = nothing)
    mlops === nothing && return "none"
    frame = (n = [1, 2], x = [1.5, missing], t = ["x", missing])
    data == "few" && mlops.report_predictions_data(frame, [[0.25, 0.75]])
    mlops.report_deployment_stats(length(frame.n), 12.5)
    mlops.report_predictions_data(
        frame, [0.25 0.75; 1 0]; association_ids = ["i", "j"], class_names = ["no", "yes"],
    )
    return "reported"
end
