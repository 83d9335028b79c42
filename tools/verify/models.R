# Models that are checked to the digits R prints, frozen for CI (which has no R):
#   Rscript tools/verify/models.R tests/data/statistics/models
# lung: Loprinzi 1994; ovarian: Edmunson 1979; mgus2: Kyle 2002 (survival). quine: Aitkin 1978 (MASS).
# lead: Morton 1982 in Rosenbaum, Observational Studies, 2002, chapter 4 (as printed in rbounds::psens).
suppressPackageStartupMessages({ library(survival); library(MASS) })
folder <- commandArgs(trailingOnly = TRUE)[1]
dir.create(folder, recursive = TRUE, showWarnings = FALSE)
out <- NULL
put <- function(model, quantity, term, value)
  out <<- rbind(out, data.frame(model, quantity, term, value = sprintf("%.15g", value)))
save <- function(data, name) write.csv(data, file.path(folder, paste0(name, ".csv")), row.names = FALSE, quote = FALSE)
tight <- survreg.control(rel.tolerance = 1e-13, maxiter = 100)
fine <- coxph.control(eps = 1e-12, toler.chol = 1e-14, iter.max = 50)

aft <- function(name, m, robust = FALSE) {
  put(name, "coefficient", names(coef(m)), coef(m)); put(name, "log_scale", "", log(m$scale))
  put(name, "se", rownames(vcov(m)), sqrt(diag(vcov(m))))
  if (robust) put(name, "naive_se", rownames(vcov(m)), sqrt(diag(m$naive.var)))
  put(name, "loglik_null", "", m$loglik[1]); put(name, "loglik", "", m$loglik[2]); put(name, "aic", "", AIC(m))
}
l <- na.omit(with(lung, data.frame(time, dead = status - 1, age, female = as.numeric(sex == 2), ecog = ph.ecog, inst)))
save(l, "lung")
for (d in c("weibull", "lognormal", "exponential", "loglogistic")) {
  m <- survreg(Surv(time, dead) ~ age + female + ecog, l, dist = d, control = tight); aft(paste0("lung_", d), m)
  new <- data.frame(age = c(50, 70), female = c(1, 0), ecog = c(0, 2))
  put(paste0("lung_", d), "median", c("a", "b"), predict(m, new, type = "quantile", p = 0.5))
}
for (d in c("weibull", "lognormal"))
  aft(paste0("lung_", d, "_clusters"),
      survreg(Surv(time, dead) ~ age + female + ecog, l, dist = d, control = tight, cluster = inst), TRUE)
l$w <- rep(1:3, length.out = nrow(l))
aft("lung_weibull_weights", survreg(Surv(time, dead) ~ age + female + ecog, l, weights = w, control = tight))
o <- with(ovarian, data.frame(time = futime, dead = fustat, age, rx)); save(o, "ovarian")
aft("ovarian_weibull", survreg(Surv(time, dead) ~ age + rx, o, control = tight))
aft("ovarian_lognormal", survreg(Surv(time, dead) ~ age + rx, o, dist = "lognormal", control = tight))
cx <- coxph(Surv(time, dead) ~ age + female + ecog, l, control = fine)
put("lung_cox", "aic", "", AIC(cx)); put("lung_cox", "loglik", "", cx$loglik[2])

q <- with(quine, data.frame(days = Days, eth = as.numeric(Eth == "N"), sex = as.numeric(Sex == "M"),
  f1 = as.numeric(Age == "F1"), f2 = as.numeric(Age == "F2"), f3 = as.numeric(Age == "F3"), sl = as.numeric(Lrn == "SL")))
save(q, "quine")
control <- glm.control(epsilon = 1e-14, maxit = 200)
m <- glm(days ~ eth + sex + f1 + f2 + f3 + sl, quasipoisson, q, control = control); s <- summary(m)
put("quine_quasi", "coefficient", names(coef(m)), coef(m)); put("quine_quasi", "se", names(coef(m)), s$coefficients[, 2])
put("quine_quasi", "t", names(coef(m)), s$coefficients[, 3]); put("quine_quasi", "p", names(coef(m)), s$coefficients[, 4])
put("quine_quasi", "dispersion", "", s$dispersion)
put("quine_poisson", "aic", "", AIC(glm(days ~ eth + sex + f1 + f2 + f3 + sl, poisson, q, control = control)))
put("quine_nb", "aic", "", AIC(glm.nb(days ~ eth + sex + f1 + f2 + f3 + sl, q, control = control)))
b <- with(birthwt, data.frame(low, age, lwt, smoke)); save(b, "birthwt")
put("birthwt", "aic", "", AIC(glm(low ~ age + lwt + smoke, binomial, b, control = control)))

# Delayed entry: age is the clock, and nobody is seen before the age at which the disease was found.
g <- with(mgus2[1:500, ], data.frame(id, entry = age, end = age + pmax(futime, 1) / 12,
  cause = ifelse(pstat == 1, 1, ifelse(death == 1, 2, 0)), male = as.numeric(sex == "M"), hgb, creat))
with_ptime <- mgus2$pstat[1:500] == 1
g$end[with_ptime] <- mgus2$age[1:500][with_ptime] + pmax(mgus2$ptime[1:500][with_ptime], 1) / 12
g <- na.omit(g); save(g, "mgus")
fg <- function(name, d, of) {
  f <- finegray(Surv(entry, end, factor(cause, 0:2)) ~ ., d, etype = of, id = id)
  m <- coxph(Surv(fgstart, fgstop, fgstatus) ~ male + hgb + creat, f, weights = fgwt, cluster = id,
    ties = "breslow", control = fine)
  put(name, "coefficient", names(coef(m)), coef(m)); put(name, "se", names(coef(m)), sqrt(diag(vcov(m))))
  put(name, "naive_se", names(coef(m)), sqrt(diag(m$naive.var))); put(name, "loglik", "", m$loglik[2])
}
fg("mgus_progression", g, "1"); fg("mgus_death", g, "2")
r <- transform(g, entry = floor(entry), end = floor(end) + 1); save(r, "mgus_years"); fg("mgus_years_death", r, "2")

trt <- c(38, 23, 41, 18, 37, 36, 23, 62, 31, 34, 24, 14, 21, 17, 16, 20, 15, 10, 45, 39, 22, 35, 49, 48, 44, 35, 43,
  39, 34, 13, 73, 25, 27)
ctrl <- c(16, 18, 18, 24, 19, 11, 10, 15, 16, 18, 18, 13, 19, 10, 16, 16, 24, 13, 9, 14, 21, 19, 7, 18, 19, 12, 11,
  22, 25, 16, 13, 11, 13)
save(data.frame(exposed = trt, control = ctrl), "lead")
d <- trt - ctrl; d <- d[d != 0]; k <- rank(abs(d)); t <- sum(k[d > 0])
for (gamma in c(1, 2, 3, 4, 4.25, 5, 6)) for (p in c(gamma / (1 + gamma), 1 / (1 + gamma)))
  put("lead", if (p >= 0.5 && !(gamma == 1 && p < 0.5)) "upper" else "lower", gamma,
    pnorm((t - sum(k * p)) / sqrt(sum(k^2 * p * (1 - p))), lower.tail = FALSE))
# Hammond 1964 (Rosenbaum 2002, table 4.1): of 122 pairs in which one died of lung cancer, 110 heavy smokers.
for (gamma in 1:6) {
  put("smoking", "upper", gamma, pbinom(109, 122, gamma / (1 + gamma), lower.tail = FALSE))
  put("smoking", "lower", gamma, pbinom(109, 122, 1 / (1 + gamma), lower.tail = FALSE))
}
write.csv(out, file.path(folder, "r.csv"), row.names = FALSE, quote = FALSE)
