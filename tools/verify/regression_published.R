# Data sets of textbooks that come with R, and what R makes of them, frozen for CI (which has no R):
#   Rscript tools/verify/regression_published.R tests/data/statistics/regression
# birthwt: Hosmer and Lemeshow 1989 (MASS). infert: Trichopoulos 1976; esoph: Breslow and Day 1980 (datasets).
# quine: Aitkin 1978 (MASS). endometrial: Heinze and Schemper 2002 (brglm2).
suppressPackageStartupMessages({ library(MASS); library(sandwich); library(AER) })
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
source(file.path(here, "firth.R"))
folder <- commandArgs(trailingOnly = TRUE)[1]
dir.create(folder, recursive = TRUE, showWarnings = FALSE)
control <- glm.control(epsilon = 1e-14, maxit = 200)
out <- NULL
put <- function(data, quantity, term, value)
  out <<- rbind(out, data.frame(data, quantity, term, value = sprintf("%.15g", value)))
save <- function(data, name) write.csv(data, file.path(folder, paste0(name, ".csv")), row.names = FALSE, quote = FALSE)
both <- function(name, m) {
  put(name, "coefficient", names(coef(m)), coef(m)); put(name, "se", names(coef(m)), sqrt(diag(vcov(m))))
  put(name, "log_likelihood", "", as.numeric(logLik(m)))
}

b <- with(birthwt, data.frame(low, age, lwt, black = as.numeric(race == 2), other = as.numeric(race == 3),
  smoke, ptl = as.numeric(ptl > 0), ht, ui, ftv))
save(b, "birthwt")
m <- glm(low ~ age + lwt + black + other + ftv, binomial, b, control = control); both("birthwt", m)
m <- glm(low ~ lwt + black + other + smoke + ptl + ht + ui, binomial, b, control = control); both("birthwt_final", m)

i <- with(infert, data.frame(case, stratum, spontaneous, induced, parity, age,
  school6 = as.numeric(education == "6-11yrs"), school12 = as.numeric(education == "12+ yrs")))
save(i, "infert")
m <- glm(case ~ spontaneous + induced + parity + age + school6 + school12, binomial, i, control = control)
both("infert", m)
put("infert", "CR1", names(coef(m)), sqrt(diag(vcovCL(m, i$stratum, type = "HC1"))))
put("infert", "HC3", names(coef(m)), sqrt(diag(vcovHC(m, type = "HC3"))))

data(esoph)
case <- esoph[rep(seq_len(nrow(esoph)), 2), ]
e <- data.frame(y = rep(1:0, each = nrow(esoph)), weight = c(esoph$ncases, esoph$ncontrols),
  age = as.numeric(case$agegp), alcohol = as.numeric(case$alcgp), tobacco = as.numeric(case$tobgp))
e <- e[e$weight > 0, ]
save(e, "esoph")
m <- glm(y ~ age + alcohol + tobacco, binomial, e, weights = weight, control = control); both("esoph", m)

q <- with(quine, data.frame(days = Days, eth = as.numeric(Eth == "N"), sex = as.numeric(Sex == "M"),
  f1 = as.numeric(Age == "F1"), f2 = as.numeric(Age == "F2"), f3 = as.numeric(Age == "F3"), sl = as.numeric(Lrn == "SL")))
save(q, "quine")
m <- glm(days ~ eth + sex + f1 + f2 + f3 + sl, poisson, q, control = control); both("quine_poisson", m)
put("quine_poisson", "HC1", names(coef(m)), sqrt(diag(vcovHC(m, type = "HC1"))))
put("quine_poisson", "cameron_trivedi_constant", "", dispersiontest(m)$statistic)
m <- glm.nb(days ~ eth + sex + f1 + f2 + f3 + sl, q, control = control)
put("quine_nb", "coefficient", names(coef(m)), coef(m)); put("quine_nb", "se", names(coef(m)), sqrt(diag(vcov(m))))
put("quine_nb", "theta", "", m$theta); put("quine_nb", "theta_se", "", m$SE.theta)
put("quine_nb", "log_likelihood", "", as.numeric(logLik(m)))

data(endometrial, package = "brglm2")
save(setNames(endometrial[c("HG", "NV", "PI", "EH")], c("hg", "nv", "pi", "eh")), "endometrial")
f <- with(endometrial, firth(cbind(1, NV, PI, EH), HG))
terms_of <- c("(Intercept)", "nv", "pi", "eh")
put("endometrial", "coefficient", terms_of, f$coef); put("endometrial", "se", terms_of, f$se)
put("endometrial", "lower", terms_of, f$lower); put("endometrial", "upper", terms_of, f$upper)
put("endometrial", "statistic", terms_of, f$chisq)
library(brglm2)
m <- glm(HG ~ NV + PI + EH, binomial, endometrial, method = "brglmFit", type = "AS_mean", epsilon = 1e-12)
put("endometrial", "brglm2_coefficient", terms_of, coef(m))

write.csv(out, file.path(folder, "r.csv"), row.names = FALSE, quote = FALSE)
