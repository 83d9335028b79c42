"""More printed tables, each typed in as the book has it: plain lists, from the package itself."""

from __future__ import annotations

import warnings
from typing import Any

import polars as pl
import pytest

from lamplighter import statistics as st

# Weeks of remission in acute myelogenous leukaemia (Miller 1981, as in R's survival).
MAINTAINED = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0]
NOT_MAINTAINED = [5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45], [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]

# Weeks to the discontinuation of an intra-uterine device (Collett, Modelling Survival Data, example 1.1).
DEVICE = (
    [10, 13, 18, 19, 23, 30, 36, 38, 54, 56, 59, 75, 93, 97, 104, 107, 107, 107],
    [1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 0],
)

# Months of survival with breast cancer by staining, negative and positive (Collett, example 1.2).
NEGATIVE = (
    [23, 47, 69, 70, 71, 100, 101, 148, 181, 198, 208, 212, 224],
    [1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0],
)
POSITIVE = (
    [
        *(5, 8, 10, 13, 18, 24, 26, 26, 31, 35, 40, 41, 48, 50, 59, 61),
        *(68, 71, 76, 105, 107, 109, 113, 116, 118, 143, 154, 162, 188, 212, 217, 225),
    ],
    [1] * 18 + [0] * 4 + [1, 0, 1, 1] + [0] * 6,
)

# Days to a tumour in rats (Pike 1966; Kalbfleisch and Prentice, table 1.1): two groups of 19 and 21.
RATS = (
    ([143, 164, 188, 188, 190, 192, 206, 209, 213, 216, 220, 227, 230, 234, 246, 265, 304, 216, 244], 17),
    (
        [
            *(142, 156, 163, 198, 205, 232, 232, 233, 233, 233, 233),
            *(239, 240, 261, 280, 280, 296, 296, 323, 204, 344),
        ],
        19,
    ),
)


def test_leukaemia_curves_and_their_test() -> None:
    kept, left = st.kaplan_meier(*MAINTAINED), st.kaplan_meier(*NOT_MAINTAINED)
    at = kept.survival_at([9, 13, 18, 23, 31, 34, 48])
    assert at.estimate == pytest.approx([0.909, 0.818, 0.716, 0.614, 0.491, 0.368, 0.184], abs=5e-4)
    errors = [0.0867, 0.1163, 0.1397, 0.1526, 0.1642, 0.1627, 0.1535]
    assert at.standard_error == pytest.approx(errors, abs=5e-5)
    at = left.survival_at([5, 8, 12, 23, 27, 30, 33, 43])
    assert at.estimate == pytest.approx(
        [0.8333, 0.6667, 0.5833, 0.4861, 0.3889, 0.2917, 0.1944, 0.0972], abs=5e-5
    )
    assert (kept.quantile(0.5).time, left.quantile(0.5).time) == (31, 23)
    groups = ["maintained"] * 11 + ["not"] * 12
    times, events = MAINTAINED[0] + NOT_MAINTAINED[0], MAINTAINED[1] + NOT_MAINTAINED[1]
    found = st.log_rank(times, events, groups)
    assert found.expected == pytest.approx([10.69, 7.31], abs=5e-3)
    assert (found.statistic, found.p) == (pytest.approx(3.4, abs=0.05), pytest.approx(0.0653, abs=5e-5))


def test_intra_uterine_device() -> None:
    curve = st.kaplan_meier(*DEVICE)
    at = curve.survival_at([10, 19, 30, 36, 59, 75, 93, 97, 107])
    printed = [0.9444, 0.8815, 0.8137, 0.7459, 0.6526, 0.5594, 0.4662, 0.3729, 0.2486]
    assert at.estimate == pytest.approx(printed, abs=5e-5)
    errors = [0.0540, 0.0790, 0.0978, 0.1107, 0.1303, 0.1412, 0.1452, 0.1430, 0.1392]
    assert at.standard_error == pytest.approx(errors, abs=5e-5)
    assert curve.quantile(0.5).time == 93


def test_breast_cancer_by_staining() -> None:
    times, events = NEGATIVE[0] + POSITIVE[0], NEGATIVE[1] + POSITIVE[1]
    stained = [0] * 13 + [1] * 32
    rank, wilcoxon = (st.log_rank(times, events, stained, scheme=s) for s in ("harrington-fleming", "gehan"))
    assert (rank.statistic, rank.p) == (pytest.approx(3.515, abs=5e-4), pytest.approx(0.061, abs=5e-4))
    assert (wilcoxon.statistic, wilcoxon.p) == (
        pytest.approx(4.180, abs=5e-4),
        pytest.approx(0.041, abs=5e-4),
    )
    assert wilcoxon.score[1] == pytest.approx(159)
    fit = st.cox(times, events, {"positive": stained}, ties="breslow")
    assert fit.names == ("positive",)
    assert fit.coefficients == pytest.approx([0.908], abs=5e-4)
    assert fit.standard_errors == pytest.approx([0.501], abs=5e-4)
    assert -2 * fit.loglik_null == pytest.approx(173.968, abs=5e-4)
    assert -2 * fit.loglik == pytest.approx(170.096, abs=5e-4)


def test_rats() -> None:
    times = [day for days, _ in RATS for day in days]
    events = [int(i < ill) for days, ill in RATS for i in range(len(days))]
    found = st.log_rank(times, events, [0] * 19 + [1] * 21)
    assert found.expected == pytest.approx([12.24, 23.76], abs=5e-3)
    assert found.statistic == pytest.approx(3.12, abs=5e-3)


@pytest.mark.parametrize(
    ("events", "n", "printed"),
    [
        (81, 263, (0.2527, 0.3676)),
        (15, 148, (0.0578, 0.1617)),
        (0, 20, (0.0000, 0.1684)),
        (1, 29, (0.0009, 0.1776)),
    ],
)
def test_clopper_and_pearson_as_newcombe_printed(events: int, n: int, printed: tuple[float, float]) -> None:
    found = st.clopper_pearson(events, n)
    assert (found.lower, found.upper) == pytest.approx(printed, abs=5.1e-5)


def test_carcinoma_slides_as_agresti_prints_them() -> None:
    found = st.kappa_of_table([[22, 2, 2, 0], [5, 7, 14, 0], [0, 2, 36, 0], [0, 1, 17, 10]])
    assert (found.kappa, found.standard_error) == (
        pytest.approx(0.493, abs=5e-4),
        pytest.approx(0.057, abs=5e-4),
    )


def test_diagnoses_as_fleiss_prints_them() -> None:
    found = st.kappa_of_table([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    assert (found.observed, found.expected) == (pytest.approx(0.89), pytest.approx(0.66))
    assert found.kappa == pytest.approx(0.676, abs=5e-4)
    assert found.null_standard_error == pytest.approx(0.076, abs=5e-4)
    assert found.statistic == pytest.approx(8.88, abs=5e-3)


def test_approval_of_a_prime_minister_as_agresti_prints_it() -> None:
    found = st.mcnemar([[794, 150], [86, 570]])
    assert found.statistic == pytest.approx(17.36, abs=5e-3)
    assert found.statistic**0.5 == pytest.approx(4.17, abs=5e-3)


def grouped(events: list[int], n: list[int], x: list[float]) -> tuple[list[int], list[float], list[int]]:
    """Events of so many as outcome, term and weight; groups of nobody are left out."""
    rows = [(1, value, e) for value, e in zip(x, events, strict=True)]
    rows += [(0, value, whole - e) for value, e, whole in zip(x, events, n, strict=True)]
    kept = [row for row in rows if row[2]]
    return [r[0] for r in kept], [r[1] for r in kept], [r[2] for r in kept]


@pytest.mark.parametrize(
    ("events", "n", "x", "coefficients", "errors", "digits"),
    [
        # Snoring and heart disease (Agresti, Introduction to Categorical Data Analysis, table 3.1).
        ([24, 35, 21, 30], [1379, 638, 213, 254], [0, 2, 4, 5], [-3.866, 0.397], [0.166, 0.050], 5e-4),
        # Aspirin and heart attacks (the same, table 2.3).
        ([189, 104], [11034, 11037], [1, 0], [-4.66, 0.605], [0.098, 0.123], 5e-3),
    ],
)
def test_grouped_logistic_regressions(
    events: list[int],
    n: list[int],
    x: list[float],
    coefficients: list[float],
    errors: list[float],
    digits: float,
) -> None:
    outcome, term, weights = grouped(events, n, x)
    fit = st.logistic(outcome, term, weights=weights)
    assert fit.coefficients == pytest.approx(coefficients, abs=digits)
    assert fit.standard_errors == pytest.approx(errors, abs=digits)


def test_beetles_with_a_group_in_which_all_died() -> None:
    """Bliss 1935, as Dobson prints it."""
    dose = [1.6907, 1.7242, 1.7552, 1.7842, 1.8113, 1.8369, 1.8610, 1.8839]
    outcome, term, weights = grouped([6, 13, 18, 28, 52, 53, 61, 60], [59, 60, 62, 56, 63, 59, 62, 60], dose)
    fit = st.logistic(outcome, term, weights=weights)
    assert fit.coefficients == pytest.approx([-60.72, 34.27], abs=5e-3)
    assert fit.standard_errors == pytest.approx([5.18, 2.91], abs=5e-3)


def test_counts_as_dobson_and_r_print_them() -> None:
    deaths = [0, 1, 2, 3, 1, 4, 9, 18, 23, 31, 20, 25, 37, 45]  # AIDS in Australia by quarter
    fit = st.poisson(deaths, {"quarter": list(range(1, 15))}, robust=False)
    assert fit.names == ("intercept", "quarter")
    assert fit.coefficients == pytest.approx([0.340, 0.257], abs=5e-4)
    assert fit.standard_errors == pytest.approx([0.251, 0.0220], abs=5e-4)
    counts, outcome, treatment = (
        [18, 17, 15, 20, 10, 20, 25, 13, 12],
        [1, 2, 3] * 3,
        [1, 1, 1, 2, 2, 2, 3, 3, 3],
    )
    terms = pl.DataFrame(
        {
            "outcome2": [o == 2 for o in outcome],
            "outcome3": [o == 3 for o in outcome],
            "treatment2": [t == 2 for t in treatment],
            "treatment3": [t == 3 for t in treatment],
        }
    )
    fit = st.poisson(counts, terms, robust=False)
    assert fit.names[1:] == tuple(terms.columns)
    assert fit.coefficients[:3] == pytest.approx([3.045, -0.4543, -0.2930], abs=5e-4)
    assert fit.coefficients[3:] == pytest.approx([0, 0], abs=1e-9)
    assert fit.standard_errors == pytest.approx([0.1709, 0.2022, 0.1927, 0.2, 0.2], abs=5e-5)


def fits() -> list[Any]:
    """Every regression, asked with the columns that it is given."""
    time, cause = [5, 8, 3, 9, 4, 7, 6, 2, 1, 10], [1, 0, 1, 2, 1, 0, 2, 1, 1, 0]
    event = [int(c == 1) for c in cause]
    return [
        lambda x: st.cox(time, event, x),
        lambda x: st.fine_gray(time, cause, x),
        lambda x: st.logistic(event, x),
        lambda x: st.firth(event, x),
        lambda x: st.poisson(cause, x),
    ]


@pytest.mark.parametrize("fit", fits())
def test_columns_may_have_names_of_their_own(fit: Any) -> None:
    age, late = [31.0, 40, 28, 55, 35, 44, 39, 25, 52, 33], [0, 1, 0, 1, 1, 0, 0, 1, 0, 1]
    plain = fit([list(row) for row in zip(age, late, strict=True)])
    for given in ({"age": age, "late": late}, pl.DataFrame({"age": age, "late": late})):
        named = fit(given)
        assert named.names[-2:] == ("age", "late")
        assert named.coefficients.tolist() == plain.coefficients.tolist()
    with pytest.raises(st.StatisticsError, match=r"'age'.*missing"):
        fit({"age": [None, *age[1:]], "late": late})
    with pytest.raises(st.StatisticsError, match=r"'late'.*9 elements where 10"):
        fit({"age": age, "late": late[1:]})


def test_inflation_knows_the_names_of_columns() -> None:
    rows = [[1, 2, 1], [2, 1, 0], [3, 4, 0], [4, 3, 1], [5, 7, 1]]
    named = st.variance_inflation({name: [row[j] for row in rows] for j, name in enumerate("abc")})
    plain = st.variance_inflation(rows, names=["a", "b", "c"])
    assert named.names == plain.names == ("a", "b", "c")
    assert named.values.tolist() == plain.values.tolist()


@pytest.mark.parametrize("unit", [1e-120, 1e-6, 1e6])
def test_the_unit_of_a_column_changes_its_coefficient_and_nothing_else(unit: float) -> None:
    times, events = NEGATIVE[0] + POSITIVE[0], NEGATIVE[1] + POSITIVE[1]
    stained = [0] * 13 + [1] * 32
    plain, other = (st.cox(times, events, [u * x for x in stained]) for u in (1, unit))
    assert other.coefficients * unit == pytest.approx(plain.coefficients, rel=1e-6)
    assert other.z == pytest.approx(plain.z, rel=1e-6)
    assert other.loglik == pytest.approx(plain.loglik)


def test_a_step_that_overflows_on_the_way_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = st.cox([0, 0, 0, 1, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 1, 0], [0, 0, 0, 20.0, 0, 0, -1, 0])
    assert "monotone_likelihood" in {flag.code for flag in fit.flags}


def test_a_mean_time_is_never_beyond_its_horizon_by_rounding() -> None:
    found = st.restricted_mean([3, 1, 1e-14], [0, 0, 0], 2.5)
    assert (found.lower, found.estimate, found.upper) == (2.5, 2.5, 2.5)


def test_weights_that_cannot_be_added_up_are_refused() -> None:
    with pytest.raises(st.StatisticsError, match=r"weights\[1\]: too large"):
        st.kaplan_meier([1, 2], [1, 0], weights=[1, 1e300])


def test_sexual_fun_as_vcd_prints_it() -> None:
    """Agresti 1990, table 2.10; R's vcd prints kappa plain and with weights equally spaced."""
    table = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]
    plain, linear = (st.kappa_of_table(table, weights=w) for w in ("unweighted", "linear"))
    assert (plain.kappa, linear.kappa) == pytest.approx((0.1293, 0.2374), abs=5e-5)
    assert (plain.standard_error, linear.standard_error) == pytest.approx((0.06860, 0.07832), abs=5e-6)


#: Urinary tract infection and contraception (Foxman et al. 1997, as in R's logistf): how often each pattern
#: of case, age, oc, vic, vicl, vis and dia is there.
CONTRACEPTION = {
    **{"1000010": 1, "1001000": 14, "1001010": 3, "1001100": 10, "1001110": 12, "1001111": 1, "1010000": 44},
    **{"1010001": 3, "1011000": 15, "1011001": 1, "1011010": 2, "1011100": 7, "1011110": 3, "1101000": 2},
    **{"1101010": 1, "1101011": 1, "1101100": 1, "1101111": 1, "1110000": 5, "1111000": 3, "0000010": 1},
    **{"0001000": 2, "0001010": 1, "0001100": 8, "0001110": 18, "0010000": 42, "0010010": 1, "0011000": 1},
    **{"0011100": 5, "0011110": 6, "0101100": 2, "0101110": 4, "0110000": 14, "0110010": 1, "0111000": 1},
    **{"0111110": 2},
}


def test_contraception_as_logistf_prints_it() -> None:
    assert sum(CONTRACEPTION.values()) == 239
    names = ("age", "oc", "vic", "vicl", "vis", "dia")
    terms = {name: [int(pattern[j]) for pattern in CONTRACEPTION] for j, name in enumerate(names, 1)}
    fit = st.firth([int(p[0]) for p in CONTRACEPTION], terms, weights=list(CONTRACEPTION.values()))
    assert fit.names == ("intercept", *names)
    printed = [0.12025405, -1.10598130, -0.06881673, 2.26887464, -2.11140816, -0.78831694, 3.09601166]
    assert fit.coefficients == pytest.approx(printed, abs=5e-7)
    lower = [-0.8186, -1.9738, -0.9414, 1.2730, -3.2609, -1.6081, 0.7746]
    upper = [1.0732, -0.3074, 0.7892, 3.4354, -1.1177, 0.0152, 8.0303]
    assert fit.lower == pytest.approx(lower, abs=5.1e-5)
    assert fit.upper == pytest.approx(upper, abs=5.1e-5)
    assert fit.likelihood_ratio == pytest.approx(49.09064, abs=5e-6)
    assert fit.likelihood_ratio_p == pytest.approx(7.15089e-09, rel=1e-5)
