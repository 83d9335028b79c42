# What R makes of the data sets in a CSV file: Rscript regression.R SETS.csv OUT.csv
# Peers: stats::glm, sandwich, MASS, AER, vcd, psych (all from Debian), and firth.R beside this file.
suppressPackageStartupMessages({
  library(sandwich); library(MASS); library(AER); library(vcd); library(psych)
})
arguments <- commandArgs(trailingOnly = TRUE)
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
source(file.path(here, "firth.R"))
control <- glm.control(epsilon = 1e-14, maxit = 200)
# glm reports the variance of the step before the last: one more step from the estimate brings it up to date
settled <- function(m) {
  again <- suppressWarnings(glm.fit(model.matrix(m), m$y, weights = m$prior.weights, start = coef(m),
    offset = m$offset, family = m$family, control = control))
  m[names(again)] <- again
  m
}
sets <- read.csv(arguments[1])
out <- list()
set_now <- NA
put <- function(quantity, term, value) {
  out[[length(out) + 1]] <<- sprintf("%d,%s,%s,%.15g", set_now, quantity, term, as.numeric(value))
}
terms_of <- c("intercept", "x1", "x2", "x3b", "x3c")
formula_y <- y ~ x1 + x2 + x3b + x3c

cr <- function(m, d, two, type) {
  cluster <- if (two) d[c("suspect", "victim")] else d$suspect
  if (type == "CR0") vcovCL(m, cluster, type = "HC0", cadjust = FALSE, fix = TRUE)
  else if (type == "CR1") vcovCL(m, cluster, type = "HC1", fix = TRUE)
  else stop(type)
}

# CR2 and CR3 from the definition, with the n_g by n_g matrices that lamplighter never makes
cr_leverage <- function(m, cluster, power) {
  x <- model.matrix(m); w <- m$weights; v <- vcov(m)
  u <- (m$y - m$fitted.values) * m$prior.weights
  s <- t(sapply(split(seq_along(w), cluster), function(i) {
    z <- x[i, , drop = FALSE] * sqrt(w[i])
    e <- eigen(diag(length(i)) - z %*% v %*% t(z), symmetric = TRUE)
    a <- e$vectors %*% diag(e$values^power, length(i)) %*% t(e$vectors)
    drop(t(z) %*% a %*% (u[i] / sqrt(w[i])))
  }))
  v %*% crossprod(s) %*% v
}

ame <- function(m, v) {
  x <- model.matrix(m); b <- coef(m); k <- ncol(x)
  effect <- function(b) {
    p <- plogis(drop(x %*% b))
    one <- x; one[, "x2"] <- 1; zero <- x; zero[, "x2"] <- 0
    none <- x; none[, c("x3b", "x3c")] <- 0; bb <- none; bb[, "x3b"] <- 1; cc <- none; cc[, "x3c"] <- 1
    c(mean(b[2] * p * (1 - p)), mean(plogis(one %*% b) - plogis(zero %*% b)),
      mean(plogis(bb %*% b) - plogis(none %*% b)), mean(plogis(cc %*% b) - plogis(none %*% b)))
  }
  # derivative by Richardson extrapolation of central differences: good to 1e-10
  slope <- function(h) sapply(seq_len(k), function(j) {
    e <- replace(numeric(k), j, h); (effect(b + e) - effect(b - e)) / (2 * h) })
  j <- (4 * slope(5e-4) - slope(1e-3)) / 3
  list(effect = effect(b), se = sqrt(diag(j %*% v %*% t(j))))
}

logistic_part <- function(d) {
  m <- settled(suppressWarnings(glm(formula_y, binomial, d, control = control)))
  gone <- max(sqrt(diag(vcov(m)))) > 100
  put("separated", "", as.numeric(gone))
  if (gone) return(invisible())
  put("logistic.coefficient", terms_of, coef(m)); put("logistic.se", terms_of, sqrt(diag(vcov(m))))
  put("logistic.p", terms_of, coef(summary(m))[, 4])
  put("logistic.log_likelihood", "", logLik(m)); put("logistic.null", "", -m$null.deviance / 2)
  weighted <- settled(suppressWarnings(glm(formula_y, binomial, d, weights = weight, control = control)))
  if (max(sqrt(diag(vcov(weighted)))) < 100) {
    put("weighted.coefficient", terms_of, coef(weighted)); put("weighted.se", terms_of, sqrt(diag(vcov(weighted))))
  }
  for (h in 0:3) put(paste0("logistic.HC", h), terms_of, sqrt(diag(vcovHC(m, type = paste0("HC", h)))))
  for (type in c("CR0", "CR1")) {
    put(paste0("logistic.", type), terms_of, sqrt(diag(cr(m, d, FALSE, type))))
    put(paste0("logistic.two_way.", type), terms_of, sqrt(diag(cr(m, d, TRUE, type))))
  }
  put("logistic.CR2", terms_of, sqrt(diag(cr_leverage(m, d$suspect, -0.5))))
  g <- length(unique(d$suspect))
  put("logistic.CR3", terms_of, sqrt((g - 1) / g * diag(cr_leverage(m, d$suspect, -1))))
  a <- ame(m, vcov(m)); put("ame.effect", terms_of[-1], a$effect); put("ame.se", terms_of[-1], a$se)
  put("ame.cluster_se", terms_of[-1], ame(m, cr(m, d, FALSE, "CR1"))$se)
  x <- as.matrix(d[terms_of[-1]]); r <- cor(x)
  put("vif", terms_of[-1], diag(solve(r)))
  put("gvif", "x3", det(r[3:4, 3:4]) * det(r[1:2, 1:2]) / det(r))
  p <- fitted(m)
  d$linear <- predict(m); d$square <- d$linear^2
  l <- settled(suppressWarnings(glm(y ~ linear + square, binomial, d, control = control)))
  if (max(sqrt(diag(vcov(l)))) < 100) {
    put("link", "", coef(l)[3]); put("link.se", "", sqrt(vcov(l)[3, 3]))
  }
  # a chance within rounding of an edge is on it
  edges <- quantile(p, 0:10 / 10)
  edges <- edges[c(TRUE, diff(edges) > 1e-11)] + 1e-12
  edges[1] <- edges[1] - 2e-12
  group <- cut(p, edges, include.lowest = TRUE)
  o <- tapply(d$y, group, sum); e <- tapply(p, group, sum); n <- tapply(p, group, length)
  put("hosmer_lemeshow", "", sum((o - e)^2 / (e * (1 - e / n))))
  ranks <- rank(p); yes <- sum(d$y)
  put("c_statistic", "", (sum(ranks[d$y == 1]) - yes * (yes + 1) / 2) / (yes * (nrow(d) - yes)))
  put("holm", terms_of, p.adjust(coef(summary(m))[, 4], "holm"))
}

firth_part <- function(d) {
  x <- cbind(1, as.matrix(d[terms_of[-1]]))
  for (case in c("firth", "firth_weighted")) {
    f <- firth(x, d$y, if (case == "firth") rep(1, nrow(d)) else d$weight)
    put(paste0(case, ".coefficient"), terms_of, f$coef); put(paste0(case, ".se"), terms_of, f$se)
    put(paste0(case, ".lower"), terms_of, f$lower); put(paste0(case, ".upper"), terms_of, f$upper)
    put(paste0(case, ".statistic"), terms_of, f$chisq); put(paste0(case, ".value"), "", f$value)
  }
}

counts_part <- function(d) {
  m <- settled(glm(count ~ x1 + x2 + x3b + x3c + offset(log(exposure)), poisson, d, control = control))
  put("poisson.coefficient", terms_of, coef(m)); put("poisson.se", terms_of, sqrt(diag(vcov(m))))
  put("poisson.HC1", terms_of, sqrt(diag(vcovHC(m, type = "HC1"))))
  put("poisson.HC3", terms_of, sqrt(diag(vcovHC(m, type = "HC3"))))
  put("poisson.CR1", terms_of, sqrt(diag(cr(m, d, FALSE, "CR1"))))
  put("poisson.log_likelihood", "", logLik(m))
  mu <- fitted(m); y <- d$count
  put("pearson_ratio", "", sum((y - mu)^2 / mu) / m$df.residual)
  put("cameron_trivedi_constant", "", dispersiontest(m)$statistic)
  put("cameron_trivedi", "", coef(summary(lm(((y - mu)^2 - y) / mu ~ 0 + mu)))[1, 3])
  h <- hatvalues(m)
  put("dean", "", sum((y - mu)^2 - y + h * mu) / sqrt(2 * sum(mu^2)))
  nb <- tryCatch(suppressWarnings(
    glm.nb(count ~ x1 + x2 + x3b + x3c + offset(log(exposure)), d, control = control)), error = function(e) NULL)
  if (is.null(nb) || nb$theta > 1e4) return(invisible())
  # glm.nb stops between a step for theta and one for the coefficients: go on until neither moves
  theta <- nb$theta
  for (i in 1:200) {
    m <- suppressWarnings(glm(count ~ x1 + x2 + x3b + x3c + offset(log(exposure)), negative.binomial(theta), d,
             start = coef(nb), control = control))
    new <- theta.ml(y, fitted(m), eps = 1e-12, limit = 500)
    if (abs(new / theta - 1) < 1e-11) break
    theta <- as.numeric(new)
  }
  put("nb.coefficient", terms_of, coef(m))
  put("nb.se", terms_of, sqrt(diag(summary(m, dispersion = 1)$cov.scaled)))
  put("nb.theta", "", theta); put("nb.theta_se", "", attr(new, "SE"))
  put("nb.log_likelihood", "", sum(dnbinom(y, size = theta, mu = fitted(m), log = TRUE)))
}

agreement_part <- function(d) {
  levels <- 1:4
  t2 <- table(factor(d$rater1, levels), factor(d$rater2, levels))
  for (w in c("Equal-Spacing", "Fleiss-Cohen")) {
    k <- Kappa(t2, weights = w)
    called <- if (w == "Equal-Spacing") "linear" else "quadratic"
    put(paste0("kappa.", called), "", k$Weighted[1]); put(paste0("kappa.", called, "_se"), "", k$Weighted[2])
    if (called == "linear") {
      put("kappa", "", k$Unweighted[1]); put("kappa_se", "", k$Unweighted[2])
    }
  }
  many <- t(apply(d[paste0("rater", 1:5)], 1, function(r) tabulate(r, 4)))
  n <- nrow(many); m <- 5; p <- colSums(many) / (n * m)
  seen <- mean((rowSums(many^2) - m) / (m * (m - 1))); chance <- sum(p^2)
  kappa <- (seen - chance) / (1 - chance); q <- p * (1 - p)
  put("fleiss", "", kappa)
  put("fleiss_null_se", "", sqrt(2 / (n * m * (m - 1))) * sqrt(sum(q)^2 - sum(q * (1 - 2 * p))) / sum(q))
  i <- ICC(d[1:20, paste0("score", 1:4)], lmer = FALSE)$results
  forms <- c("1,1", "2,1", "3,1", "1,k", "2,k", "3,k")
  put("icc", forms, i$ICC); put("icc.lower", forms, i[["lower bound"]]); put("icc.upper", forms, i[["upper bound"]])
  pair <- table(factor(d$y, c(1, 0)), factor(d$x2, c(1, 0)))
  put("mcnemar", "", mcnemar.test(pair, correct = FALSE)$statistic)
  put("mcnemar.exact", "", binom.test(pair[1, 2], pair[1, 2] + pair[2, 1])$p.value)
}

for (set_now in unique(sets$set)) {
  d <- sets[sets$set == set_now, ]
  logistic_part(d); firth_part(d); counts_part(d); agreement_part(d)
}
writeLines(c("set,quantity,term,value", unlist(out)), arguments[2])
