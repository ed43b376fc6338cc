# Reports two predictions, or for the text `few` one prediction too few; e2e/monitoring.test.ts compares the
# reports of the languages.

load_model <- function(code_dir) "model"

score_unstructured <- function(model, data, mlops = NULL, ...) {
  if (is.null(mlops)) return("none")
  frame <- data.frame(n = 1:2, x = c(1.5, NA), t = c("x", NA))
  if (data == "few") mlops$report_predictions_data(frame, rbind(c(0.25, 0.75)))
  mlops$report_deployment_stats(nrow(frame), execution_time = 12.5)
  mlops$report_predictions_data(
    frame, rbind(c(0.25, 0.75), c(1, 0)), association_ids = c("i", "j"), class_names = c("no", "yes")
  )
  "reported"
}
