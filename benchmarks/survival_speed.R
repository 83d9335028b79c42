# R's side of benchmarks.survival_speed. Usage: Rscript survival_speed.R TASK DATA N P REPEATS
# DATA holds, column after column, doubles: time, event, cause, suspect, then P covariates.
suppressPackageStartupMessages(library(survival))
a <- commandArgs(trailingOnly = TRUE)
n <- as.integer(a[3]); p <- as.integer(a[4])
d <- matrix(readBin(a[2], "double", n * (4 + p)), n)
time <- d[, 1]; event <- d[, 2]; cause <- factor(d[, 3], 0:2); suspect <- as.integer(d[, 4])
x <- d[, -(1:4), drop = FALSE]
rm(d); invisible(gc())
resident <- function(field) {
  line <- grep(field, readLines("/proc/self/status"), value = TRUE)
  as.numeric(gsub("[^0-9]", "", line)) / 1024
}
before <- resident("^VmRSS")
fit <- if (a[1] == "ph") coxph(Surv(time, event) ~ x) else NULL
seconds <- numeric(0)
for (i in seq_len(as.integer(a[5]))) {
  start <- proc.time()[["elapsed"]]
  value <- switch(a[1],
    cox = coef(coxph(Surv(time, event) ~ x))[1],
    cluster = sqrt(coxph(Surv(time, event) ~ x, cluster = suspect)$var[1, 1]),
    ph = cox.zph(fit, terms = FALSE)$table["GLOBAL", "chisq"],
    km = tail(survfit(Surv(time, event) ~ 1, conf.type = "log-log")$upper, 1),
    aj = { s <- survfit(Surv(time, cause) ~ 1, conf.type = "log-log"); tail(s$std.err[, 2], 1) })
  seconds <- c(seconds, proc.time()[["elapsed"]] - start)
}
cat(sprintf('{"seconds": [%s], "value": %.15g, "growth": %.1f, "peak": %.1f}\n',
  paste(seconds, collapse = ", "), value, resident("^VmHWM") - before, resident("^VmHWM")))
