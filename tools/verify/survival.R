# What R says of every data set: survival and cmprsk, in a long table (set, quantity, position, value).
# Usage: Rscript survival.R FOLDER OUT.csv. FOLDER holds 0001.csv, 0002.csv, ... made by tools.verify.survival.
suppressPackageStartupMessages({library(survival); library(cmprsk)})
options(digits = 17, warn = 1)
arguments <- commandArgs(trailingOnly = TRUE)
out <- file(arguments[2], "w")
writeLines("set,quantity,position,value", out)

say <- function(set, quantity, values) {
  values <- as.numeric(values)
  if (length(values))
    writeLines(sprintf("%s,%s,%d,%.12g", set, quantity, seq_along(values) - 1L, values), out)
}

# a fit, or NULL where R stops; `warned` says whether R doubted the result
quietly <- function(expression) {
  warned <- FALSE
  value <- tryCatch(withCallingHandlers(expression, warning = function(w) {
    warned <<- TRUE
    invokeRestart("muffleWarning")
  }), error = function(e) NULL)
  list(value = value, warned = warned)
}

curves <- function(set, d, tau) {
  y <- if (d$delayed[1]) Surv(d$entry, d$time, d$cause == 1) else Surv(d$time, d$cause == 1)
  km <- survfit(y ~ 1, weights = d$weight, conf.type = "log-log", robust = FALSE)
  say(set, "km.survival", km$surv)
  say(set, "km.at_risk", km$n.risk)
  say(set, "km.std_error", km$std.err * km$surv)
  say(set, "km.lower", km$lower); say(set, "km.upper", km$upper)
  say(set, "km.hazard", km$cumhaz); say(set, "km.hazard_error", km$std.chaz)
  q <- quantile(km, c(0.1, 0.25, 0.5))
  say(set, "km.quantile", q$quantile)
  # where a limit rises (few at risk early), R takes a crossing out of order; compared where limits only fall
  falls <- function(limit) !is.unsorted(-limit[!is.na(limit)])
  if (falls(km$lower) && falls(km$upper)) say(set, "km.quantile_limits", c(q$lower, q$upper))
  m <- survival:::survmean(km, scale = 1, rmean = tau)$matrix
  say(set, "rmst", m[c("rmean", "se(rmean)")])
  for (kind in c("log", "plain")) {
    f <- survfit(y ~ 1, weights = d$weight, conf.type = kind, robust = FALSE)
    say(set, paste0("km.", kind, "_limits"), c(f$lower, f$upper))
  }
  robust <- survfit(y ~ 1, weights = d$weight, cluster = d$id, robust = TRUE)
  say(set, "km.cluster_error", (robust$std.err * if (isTRUE(robust$logse)) robust$surv else 1))

  status <- factor(d$cause, 0:2)
  row <- seq_len(nrow(d))
  z <- if (d$delayed[1]) Surv(d$entry, d$time, status) else Surv(d$time, status)
  aj <- survfit(z ~ 1, id = row, weights = d$weight, conf.type = "log-log")
  seen <- which(table(status)[-1] > 0) + 1
  say(set, "aj.incidence", aj$pstate[, seen])
  say(set, "aj.std_error", aj$std.err[, seen])
  say(set, "aj.lower", aj$lower[, seen]); say(set, "aj.upper", aj$upper[, seen])
  m <- survival:::survmean2(aj, scale = 1, rmean = tau)$matrix
  say(set, "time_lost", as.numeric(t(m[seen, c("rmean", "se(rmean)")])))
  clustered <- survfit(z ~ 1, id = row, cluster = d$id, weights = d$weight)
  say(set, "aj.cluster_error", clustered$std.err[, seen])
}

# R answers 0, or -1, where the groups were never at risk together; this project refuses
comparable <- function(test) !is.null(test) && test$chisq > 0
testable <- function(test) !is.null(test) && "1" %in% rownames(test$Tests) && test$Tests["1", "stat"] >= 0

tests <- function(set, d) {
  for (rho in 0:1) {
    a <- quietly(survdiff(Surv(time, cause == 1) ~ group, d, rho = rho))$value
    if (comparable(a)) say(set, paste0("log_rank.", rho), a$chisq)
    b <- quietly(survdiff(Surv(time, cause == 1) ~ group + strata(stratum), d, rho = rho))$value
    if (comparable(b)) say(set, paste0("log_rank.strata.", rho), b$chisq)
    a <- quietly(cuminc(d$time, d$cause, d$group, rho = rho))$value
    if (testable(a)) say(set, paste0("gray.", rho), a$Tests["1", "stat"])
    b <- quietly(cuminc(d$time, d$cause, d$group, d$stratum, rho = rho))$value
    if (testable(b)) say(set, paste0("gray.strata.", rho), b$Tests["1", "stat"])
  }
}

# two groups' means to one horizon, as survRM2 has them: it is not in Debian, so from survival's means
compared <- function(set, d, tau) {
  if (!all(1:2 %in% d$group)) return(invisible())
  h <- min(tau, tapply(d$time, d$group, max)[c("1", "2")])
  m <- sapply(1:2, function(g) {
    e <- d[d$group == g, ]
    y <- if (d$delayed[1]) Surv(e$entry, e$time, e$cause == 1) else Surv(e$time, e$cause == 1)
    km <- survfit(y ~ 1, weights = e$weight, robust = FALSE)
    survival:::survmean(km, scale = 1, rmean = h)$matrix[c("rmean", "se(rmean)")]
  })
  ratio <- function(x) c(log(x[2] / x[1]), sqrt(sum((m[2, ] / x)^2)))
  say(set, "rmst_compared", c(m[1, 2] - m[1, 1], sqrt(sum(m[2, ]^2)), ratio(m[1, ])))
  if (all(h - m[1, ] > 1e-9)) say(set, "rmst_compared.lost", ratio(h - m[1, ]))
}

# log-rank with any weights, by the book: survdiff has rho only. Groups that were never at risk are left to `tests`
weighed <- function(d, weight) {
  groups <- sort(unique(d$group)); u <- e <- 0; v <- 0; survival <- all <- 1
  for (t in sort(unique(d$time[d$cause == 1]))) {
    n <- sapply(groups, function(g) sum(d$time >= t & d$group == g))
    k <- sapply(groups, function(g) sum(d$time == t & d$group == g & d$cause == 1))
    N <- sum(n); K <- sum(k)
    all <- all * (1 - K / (N + 1))
    w <- weight(N, survival, all)
    u <- u + w * (k - K * n / N); e <- e + K * n / N
    if (N > 1) v <- v + w^2 * K * (N - K) / (N - 1) * (diag(n / N) - outer(n, n) / N^2)
    survival <- survival * (1 - K / N)
  }
  if (any(e == 0) || qr(v[-1, -1])$rank < length(groups) - 1) return(NULL)
  drop(u[-1] %*% solve(v[-1, -1], u[-1]))
}

schemes <- list(
  fh = function(n, s, p) s^0.5 * (1 - s)^1.5, gehan = function(n, s, p) n, "tarone-ware" = function(n, s, p) sqrt(n),
  peto = function(n, s, p) p, "modified-peto" = function(n, s, p) p * n / (n + 1))

weighed_tests <- function(set, d) {
  if (length(unique(d$group)) < 2) return(invisible())
  for (name in names(schemes)) {
    found <- quietly(weighed(d, schemes[[name]]))$value
    if (!is.null(found) && found > 0) say(set, paste0("log_rank.", name), found)
  }
}

predicted <- function(set, d, columns) {
  y <- if (d$delayed[1]) Surv(d$entry, d$time, d$cause == 1) else Surv(d$time, d$cause == 1)
  for (ties in c("efron", "breslow")) {
    fit <- quietly(coxph(reformulate(columns, "y"), d, weights = d$weight, ties = ties, robust = FALSE,
                         control = coxph.control(eps = 1e-13, iter.max = 100, toler.chol = 1e-14)))
    name <- paste0("predicted_", ties)
    if (is.null(fit$value) || fit$warned || anyNA(coef(fit$value))) { say(set, paste0(name, ".refused"), 1); next }
    curve <- survfit(fit$value, newdata = d[1:3, columns, drop = FALSE], se.fit = FALSE)
    days <- max(d$time) * c(0.25, 0.5, 0.75, 1)
    say(set, paste0(name, ".survival"), summary(curve, times = days, extend = TRUE)$surv)
  }
}

cox_of <- function(set, d, columns) {
  y <- if (d$delayed[1]) Surv(d$entry, d$time, d$cause == 1) else Surv(d$time, d$cause == 1)
  x <- as.matrix(d[, columns])
  control <- coxph.control(eps = 1e-13, iter.max = 100, toler.chol = 1e-14)
  for (ties in c("efron", "breslow", "exact")) {
    if (ties == "exact" && (any(d$weight != 1) || nrow(d) > 120)) next
    fit <- quietly(if (ties == "exact")
      coxph(y ~ x + strata(d$stratum), ties = ties, control = control, robust = FALSE) else
      coxph(y ~ x + strata(d$stratum), weights = d$weight, ties = ties, control = control, robust = FALSE))
    name <- paste0("cox.", ties)
    if (is.null(fit$value) || anyNA(coef(fit$value))) { say(set, paste0(name, ".refused"), 1); next }
    say(set, paste0(name, ".warned"), as.numeric(fit$warned))
    f <- fit$value
    say(set, paste0(name, ".loglik"), f$loglik)
    say(set, paste0(name, ".score"), f$score)
    say(set, paste0(name, ".coefficients"), coef(f))
    say(set, paste0(name, ".std_errors"), sqrt(diag(f$var)))
    if (ties == "exact") next
    say(set, paste0(name, ".covariance"), f$var)
    g <- quietly(coxph(y ~ x + strata(d$stratum), weights = d$weight, ties = ties, control = control,
                       cluster = d$id))$value
    say(set, paste0(name, ".cluster_covariance"), g$var)
    say(set, paste0(name, ".wald"), g$wald.test)
    for (transform in c("km", "rank", "identity", "log")) {
      if (transform == "log" && any(d$time <= 0)) next
      z <- quietly(cox.zph(f, transform = transform, terms = FALSE))$value
      if (!is.null(z)) say(set, paste0(name, ".ph.", transform), z$table[, "chisq"])
    }
    b <- basehaz(f, centered = FALSE)
    say(set, paste0(name, ".baseline_end"),
        if (is.null(b$strata)) max(b$hazard) else tapply(b$hazard, b$strata, max))
    say(set, paste0(name, ".concordance"), f$concordance["concordance"])
  }
}

fine_gray_of <- function(set, d, columns) {
  fit <- quietly(crr(d$time, d$cause, as.matrix(d[, columns]), failcode = 1, gtol = 1e-13, maxiter = 60))
  if (is.null(fit$value)) { say(set, "fine_gray.refused", 1); return(invisible()) }
  f <- fit$value
  say(set, "fine_gray.coefficients", f$coef)
  say(set, "fine_gray.covariance", f$var)
  say(set, "fine_gray.loglik", c(f$loglik.null, f$loglik))
  say(set, "fine_gray.incidence", predict(f, as.matrix(d[1:3, columns, drop = FALSE]))[, -1])
  say(set, "fine_gray.cluster_covariance", clustered(f, d, as.matrix(d[, columns])))
}

# Zhou and others (2012), by the book: cmprsk has no clusters, and crrSC is not in Debian
clustered <- function(f, d, x) {
  times <- sort(unique(d$time)); r <- drop(exp(x %*% f$coef)); other <- d$cause > 1
  at_risk <- sapply(times, function(t) sum(d$time >= t))
  lost <- sapply(times, function(t) sum(d$time == t & d$cause == 0))
  G <- c(1, cumprod(1 - lost / at_risk))[seq_along(times)]  # just before each time
  own <- match(d$time, times)
  w <- outer(d$time, times, ">=") + (outer(d$time, times, "<") & other) * outer(1 / G[own], G)
  s0 <- drop(r %*% w); mean <- t(w) %*% (x * r) / s0
  hazard <- sapply(times, function(t) sum(d$time == t & d$cause == 1)) / s0
  score <- matrix(0, nrow(x), ncol(x))
  for (i in seq_len(nrow(x))) {
    away <- matrix(x[i, ], length(times), ncol(x), byrow = TRUE) - mean
    score[i, ] <- -colSums(away * (w[i, ] * hazard * r[i]))
    if (d$cause[i] == 1) score[i, ] <- score[i, ] + away[own[i], ]
  }
  q <- matrix(0, length(times), ncol(x))
  for (u in seq_along(times)) for (i in which(other & d$time < times[u])) {
    later <- u:length(times)
    away <- matrix(x[i, ], length(later), ncol(x), byrow = TRUE) - mean[later, , drop = FALSE]
    q[u, ] <- q[u, ] + colSums(away * (w[i, later] * hazard[later] * r[i]))
  }
  gone <- apply(q * lost / at_risk^2, 2, cumsum)
  psi <- -matrix(gone, ncol = ncol(x))[own, , drop = FALSE]
  open <- d$cause == 0
  psi[open, ] <- psi[open, ] + (q / at_risk)[own[open], ]
  together <- rowsum(score + psi, d$id)
  f$invinf %*% crossprod(together) %*% f$invinf
}

for (path in sort(list.files(arguments[1], pattern = "^[0-9]+\\.csv$", full.names = TRUE))) {
  set <- sub("\\.csv$", "", basename(path))
  d <- read.csv(path)
  columns <- grep("^x", names(d), value = TRUE)
  tau <- d$horizon[1]
  curves(set, d, tau)
  compared(set, d, tau)
  cox_of(set, d, columns)
  predicted(set, d, columns)
  if (!d$delayed[1] && all(d$weight == 1)) {
    tests(set, d)
    weighed_tests(set, d)
    fine_gray_of(set, d, columns)
  }
}
close(out)
