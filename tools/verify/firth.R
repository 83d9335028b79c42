# Firth's logistic regression with profile penalised-likelihood limits and tests, written from the papers
# (Firth 1993; Heinze and Schemper 2002) and sharing nothing with lamplighter.statistics.logistic_regression.firth: leverages by QR,
# limits by uniroot. Base R only. logistf itself is not packaged in Debian.

firth_value <- function(beta, x, y, w) {
  eta <- drop(x %*% beta)
  p <- plogis(eta)
  root <- sqrt(w * p * (1 - p))
  d <- qr(x * root, LAPACK = TRUE)
  log_lik <- sum(w * (y * plogis(eta, log.p = TRUE) + (1 - y) * plogis(-eta, log.p = TRUE)))
  log_lik + sum(log(abs(diag(qr.R(d)))))
}

# Maximise over the coefficients in `free`; the rest stay at `beta`. The penalty is that of the whole design.
firth_fit <- function(x, y, w, beta = rep(0, ncol(x)), free = seq_len(ncol(x)), steps = 1000) {
  now <- firth_value(beta, x, y, w)
  for (i in seq_len(steps)) {
    p <- plogis(drop(x %*% beta))
    root <- sqrt(w * p * (1 - p))
    h <- rowSums(qr.Q(qr(x * root))^2)
    u <- drop(crossprod(x, w * (y - p) + h * (0.5 - p)))[free]
    info <- crossprod(x * root)[free, free, drop = FALSE]
    step <- drop(solve(info, u))
    if (max(abs(step)) > 3) step <- step * 3 / max(abs(step))
    size <- 1
    repeat {
      trial <- beta
      trial[free] <- trial[free] + size * step
      new <- firth_value(trial, x, y, w)
      if (is.finite(new) && new >= now - 1e-12) break
      size <- size / 2
      if (size < 1e-10) break
    }
    beta <- trial
    now <- new
    if (max(abs(u)) < 1e-10 || max(abs(step)) < 1e-12) break
  }
  list(beta = beta, value = now)
}

firth <- function(x, y, w = rep(1, length(y)), level = 0.95) {
  full <- firth_fit(x, y, w)
  p <- plogis(drop(x %*% full$beta))
  v <- solve(crossprod(x * sqrt(w * p * (1 - p))))
  se <- sqrt(diag(v))
  cut <- qchisq(level, 1)
  k <- ncol(x)
  lower <- upper <- chisq <- numeric(k)
  for (j in seq_len(k)) {
    others <- setdiff(seq_len(k), j)
    drop_at <- function(b) {
      start <- full$beta + v[, j] / v[j, j] * (b - full$beta[j])
      start[j] <- b
      2 * (full$value - firth_fit(x, y, w, start, others)$value) - cut
    }
    reach <- function(sign) {
      far <- full$beta[j] + sign * 2 * se[j]
      while (drop_at(far) < 0) far <- full$beta[j] + (far - full$beta[j]) * 1.5
      uniroot(drop_at, sort(c(full$beta[j], far)), tol = 1e-11)$root
    }
    lower[j] <- reach(-1)
    upper[j] <- reach(1)
    at_zero <- full$beta
    at_zero[j] <- 0
    chisq[j] <- 2 * (full$value - firth_fit(x, y, w, at_zero, others)$value)
  }
  list(coef = full$beta, se = se, lower = lower, upper = upper, chisq = chisq, value = full$value)
}
