"""A cemetery as it is asked about, and what one rule says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from civgeo.domain.cemetery_rules import (
    CemeteryLevel,
    CemeteryRule,
    Operation,
    PlotClass,
    PlotKind,
    Remains,
    Share,
    Topic,
)
from civgeo.domain.division import DivisionCode
from civgeo.domain.quantity import decimal_text, fixed
from civgeo.domain.site_features import SiteFeature

__all__ = ["SQUARE_METRES_PER_MU", "AskedLand", "Finding", "Plot", "Site", "finding"]

SQUARE_METRES_PER_MU = Fraction(2000, 3)


@dataclass(frozen=True, slots=True)
class Plot:
    """One plot, or one size of plots; `m2` is its area on the ground."""

    kind: PlotKind
    remains: Remains
    m2: Decimal

    @property
    def plot_class(self) -> PlotClass:
        """The class by which rules name it."""
        return PlotClass(f"{self.remains.value}_{self.kind.value}")


@dataclass(frozen=True, slots=True)
class AskedLand:
    """Land class of a site: the word given, and the class it names (None for an unknown word)."""

    word: str
    feature: SiteFeature | None

    @property
    def label_zh(self) -> str:
        """The class in Chinese."""
        return self.feature.label_zh if self.feature else self.word


@dataclass(frozen=True, slots=True)
class Site:
    """A cemetery, planned or standing; what is not known stays out.

    Parameters
    ----------
    division, on
        Where it lies, and the day of the question.
    level, operation
        Whom it serves; public welfare or commercial.
    area_mu
        Area in mu, exact.
    plots
        Its plots.
    distances_m
        Ground distance to the nearest feature of each kind in metres; 0 is inside it.
    land
        What the land is used as, or the zone that it lies in.
    shares
        Shares in percent.
    """

    division: DivisionCode
    on: date
    level: CemeteryLevel | None = None
    operation: Operation = Operation.PUBLIC
    area_mu: Fraction | None = None
    plots: tuple[Plot, ...] = ()
    distances_m: Mapping[SiteFeature, Decimal] = field(default_factory=dict)
    land: AskedLand | None = None
    shares: Mapping[Share, Decimal] = field(default_factory=dict)

    @property
    def compared_mu(self) -> Decimal | None:
        """Area to 0.01 mu, rounded half up: the figure that is compared."""
        return None if self.area_mu is None else Decimal(fixed(self.area_mu, 2))

    @property
    def near(self) -> Mapping[SiteFeature, Decimal]:
        """Distances, with 0 for the zone that was given as its land."""
        zone = self.land.feature if self.land else None
        if zone is None or zone.is_land_cover:
            return self.distances_m
        return {**self.distances_m, zone: Decimal(0)}

    @property
    def is_sited(self) -> bool:
        """Whether it is asked where the site lies."""
        return bool(self.distances_m) or self.land is not None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of one thing about a site.

    Parameters
    ----------
    rule
        The rule.
    meets
        Whether it is kept; None when that cannot be told.
    subject
        What of the site it is about: a feature, a class of plots, a share; empty for its area.
    required, actual
        Threshold, and what is held against it, as exact text.
    message
        In an officer's words.
    plots
        Places, in the list that was given, of the plots that break it.
    """

    rule: CemeteryRule
    meets: bool | None
    subject: str
    required: str | None
    actual: str | None
    message: str
    plots: tuple[int, ...] = ()

    @property
    def code(self) -> Topic:
        """What the rule is about."""
        return self.rule.topic


def finding(
    rule: CemeteryRule,
    meets: bool | None,
    subject: str,
    actual: Decimal | str | None,
    message: str,
    *,
    required: Decimal | None = None,
    plots: tuple[int, ...] = (),
) -> Finding:
    """Finding with its numbers as exact text; the rule's own threshold unless `required`."""
    limit = rule.value if required is None else required
    return Finding(
        rule,
        meets,
        subject,
        None if limit is None else decimal_text(limit),
        decimal_text(actual) if isinstance(actual, Decimal) else actual,
        message,
        plots,
    )
