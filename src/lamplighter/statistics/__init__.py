"""What does the number say, and how sure is it?

Estimators over arrays; nothing here knows a record. Everything a study calls can be had from here:
``from lamplighter.statistics import kaplan_meier, cox``.

- ``arrays``: reading what is given, refusals and warnings
- ``inference``: proportions with limits, multiple testing, E-values, linkage error
- ``agreement``: kappa, McNemar's test, intraclass correlation
- ``survival``: curves, competing risks, restricted means, tests of curves
- ``proof_lag``: the rate that will be known once everything is proven
- ``regression``: what all models have in common
- ``logistic_regression``, ``count_regression``, ``hazard_regression``: the models
- ``monitoring``: rows of periods, and alarms with a stated run length
- ``simulation``: how often an interval holds a known truth
"""

from lamplighter.statistics.agreement.intraclass_correlation import Icc, OneIcc, intraclass
from lamplighter.statistics.agreement.kappa import (
    Kappa,
    McNemar,
    kappa_of_many,
    kappa_of_ratings,
    kappa_of_table,
    mcnemar,
)
from lamplighter.statistics.arrays.errors import StatisticsError
from lamplighter.statistics.arrays.flags import Flag
from lamplighter.statistics.count_regression.count_models import (
    CountFit,
    negative_binomial,
    overdispersion,
    poisson,
    quasi_poisson,
)
from lamplighter.statistics.hazard_regression.accelerated_failure import AcceleratedFit, accelerated_failure
from lamplighter.statistics.hazard_regression.cox import CoxFit, cox
from lamplighter.statistics.hazard_regression.cox_postestimation import (
    baseline,
    concordance_of,
    predicted,
    proportional_hazards,
    survival_of,
)
from lamplighter.statistics.hazard_regression.fine_gray import FineGrayFit, fine_gray
from lamplighter.statistics.inference.combining import Combined, combine
from lamplighter.statistics.inference.e_value import EValue, evalue
from lamplighter.statistics.inference.linkage_bias import (
    SignedBias,
    meet,
    signed_bias,
    splits_and_merges,
)
from lamplighter.statistics.inference.multiple_testing import Holm, holm
from lamplighter.statistics.inference.proportions import (
    Interval,
    clopper_pearson,
    newcombe,
    newcombe_paired,
    wilson,
)
from lamplighter.statistics.inference.refined_beliefs import RefinedBeliefs, refine
from lamplighter.statistics.inference.rosenbaum import (
    RosenbaumBounds,
    rosenbaum_binary,
    rosenbaum_signed_rank,
)
from lamplighter.statistics.inference.unseen_links import UnseenLinks, unseen_links
from lamplighter.statistics.logistic_regression.diagnostics import (
    calibration,
    influence,
    link_test,
    variance_inflation,
    which_estimator,
)
from lamplighter.statistics.logistic_regression.firth import FirthFit, firth
from lamplighter.statistics.logistic_regression.logistic import LogisticFit, logistic
from lamplighter.statistics.logistic_regression.marginal_effects import (
    MarginalEffects,
    average_marginal_effects,
)
from lamplighter.statistics.proof_lag.back_test import BackTest, Frozen, back_test
from lamplighter.statistics.proof_lag.delays import ProofDelays, reverse_time
from lamplighter.statistics.proof_lag.drift import Drift, drift
from lamplighter.statistics.proof_lag.maturity import MatureCount, MatureRate, mature_count, mature_rate
from lamplighter.statistics.proof_lag.waiting import WaitingRate, waiting_rates
from lamplighter.statistics.regression.separation import Separation, separation
from lamplighter.statistics.survival.aalen_johansen import CompetingCurves, aalen_johansen
from lamplighter.statistics.survival.concordance import Concordance
from lamplighter.statistics.survival.curve_tests import CurveTest, gray, log_rank
from lamplighter.statistics.survival.kaplan_meier import SurvivalCurve, kaplan_meier
from lamplighter.statistics.survival.restricted_mean import (
    RestrictedMean,
    difference,
    restricted_mean,
    time_lost,
)
from lamplighter.statistics.survival.restricted_mean_comparison import Compared, compare

__all__ = [
    "AcceleratedFit",
    "BackTest",
    "Combined",
    "Compared",
    "CompetingCurves",
    "Concordance",
    "CountFit",
    "CoxFit",
    "CurveTest",
    "Drift",
    "EValue",
    "FineGrayFit",
    "FirthFit",
    "Flag",
    "Frozen",
    "Holm",
    "Icc",
    "Interval",
    "Kappa",
    "LogisticFit",
    "MarginalEffects",
    "MatureCount",
    "MatureRate",
    "McNemar",
    "OneIcc",
    "ProofDelays",
    "RefinedBeliefs",
    "RestrictedMean",
    "RosenbaumBounds",
    "Separation",
    "SignedBias",
    "StatisticsError",
    "SurvivalCurve",
    "UnseenLinks",
    "WaitingRate",
    "aalen_johansen",
    "accelerated_failure",
    "average_marginal_effects",
    "back_test",
    "baseline",
    "calibration",
    "clopper_pearson",
    "combine",
    "compare",
    "concordance_of",
    "cox",
    "difference",
    "drift",
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
    "mature_count",
    "mature_rate",
    "mcnemar",
    "meet",
    "negative_binomial",
    "newcombe",
    "newcombe_paired",
    "overdispersion",
    "poisson",
    "predicted",
    "proportional_hazards",
    "quasi_poisson",
    "refine",
    "restricted_mean",
    "reverse_time",
    "rosenbaum_binary",
    "rosenbaum_signed_rank",
    "separation",
    "signed_bias",
    "splits_and_merges",
    "survival_of",
    "time_lost",
    "unseen_links",
    "variance_inflation",
    "waiting_rates",
    "which_estimator",
    "wilson",
]
