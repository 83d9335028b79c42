"""What does the number say, and how sure is it? Estimators over arrays; nothing here knows a record.

Everything a study calls can be had from here: ``from lamplighter.statistics import kaplan_meier, cox``.
"""

from lamplighter.statistics.agreement import (
    Kappa,
    McNemar,
    kappa_of_many,
    kappa_of_ratings,
    kappa_of_table,
    mcnemar,
)
from lamplighter.statistics.agreement_of_numbers import Icc, OneIcc, intraclass
from lamplighter.statistics.competing import CompetingCurves, aalen_johansen
from lamplighter.statistics.concordance import Concordance
from lamplighter.statistics.counts import CountFit, negative_binomial, overdispersion, poisson
from lamplighter.statistics.cox import CoxFit, cox
from lamplighter.statistics.cox_after import (
    baseline,
    concordance_of,
    predicted,
    proportional_hazards,
    survival_of,
)
from lamplighter.statistics.errors import StatisticsError
from lamplighter.statistics.evalue import EValue, evalue
from lamplighter.statistics.fine_gray import FineGrayFit, fine_gray
from lamplighter.statistics.firth import FirthFit, firth
from lamplighter.statistics.flags import Flag
from lamplighter.statistics.intervals import Interval, clopper_pearson, newcombe, newcombe_paired, wilson
from lamplighter.statistics.logistic import LogisticFit, logistic
from lamplighter.statistics.logistic_checks import (
    calibration,
    influence,
    link_test,
    variance_inflation,
    which_estimator,
)
from lamplighter.statistics.margins import MarginalEffects, average_marginal_effects
from lamplighter.statistics.multiplicity import Holm, holm
from lamplighter.statistics.restricted_mean import RestrictedMean, difference, restricted_mean, time_lost
from lamplighter.statistics.restricted_mean_compared import Compared, compare
from lamplighter.statistics.separation import Separation, separation
from lamplighter.statistics.survival import SurvivalCurve, kaplan_meier
from lamplighter.statistics.tests_of_curves import CurveTest, gray, log_rank

__all__ = [
    "Compared",
    "CompetingCurves",
    "Concordance",
    "CountFit",
    "CoxFit",
    "CurveTest",
    "EValue",
    "FineGrayFit",
    "FirthFit",
    "Flag",
    "Holm",
    "Icc",
    "Interval",
    "Kappa",
    "LogisticFit",
    "MarginalEffects",
    "McNemar",
    "OneIcc",
    "RestrictedMean",
    "Separation",
    "StatisticsError",
    "SurvivalCurve",
    "aalen_johansen",
    "average_marginal_effects",
    "baseline",
    "calibration",
    "clopper_pearson",
    "compare",
    "concordance_of",
    "cox",
    "difference",
    "evalue",
    "fine_gray",
    "firth",
    "gray",
    "holm",
    "influence",
    "intraclass",
    "kaplan_meier",
    "kappa_of_many",
    "kappa_of_ratings",
    "kappa_of_table",
    "link_test",
    "log_rank",
    "logistic",
    "mcnemar",
    "negative_binomial",
    "newcombe",
    "newcombe_paired",
    "overdispersion",
    "poisson",
    "predicted",
    "proportional_hazards",
    "restricted_mean",
    "separation",
    "survival_of",
    "time_lost",
    "variance_inflation",
    "which_estimator",
    "wilson",
]
