//! The verbs and phrases that tell what happens on a date.

/// What a verb or a phrase says of the date beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// Takes place: what it is, its noun tells.
    Held,
    Meets,
    Release,
    Effective,
    /// Holds from then on or until then.
    Applies,
    /// Ends for good: withdrawn, repealed.
    Withdrawn,
    Deadline,
    Opens,
    Closes,
    /// Planned for then: what it is, its noun tells.
    Expected,
    /// Put off or brought forward.
    Moved,
    Cancelled,
    Other,
}

/// A phrase a line; `|` stands between words of which any will do.
pub const PHRASES: &[(Sense, &[&str])] = &[
    (
        Sense::Held,
        &[
            "held|hold|holds|holding|given",
            "speaks|lectures",
            "took|take|takes|taking|taken place",
            "hosted|host|hosts|hosting",
            "streamed|livestreamed|broadcast",
            "organised|organized|organises|organizes|organise|organize",
            "conducted|staged",
            "run|runs|ran from|until|through|for|on",
            "run|runs|ran|running a|an|one|two|three|four|several",
            "go|goes|went|going ahead",
            "vote|votes from|between|until|closes|opens",
            "follow|follows on|in",
            "runs|ran",
            "celebrated|commemorated|observed",
            "kicks|kicked off",
        ],
    ),
    (
        Sense::Meets,
        &[
            "sits|sit|sat",
            "met|meets|meet|reconvene|reconvenes|reconvened|convened|convene|convenes",
            "gathered|gather|gathers",
        ],
    ),
    (
        Sense::Release,
        &[
            "released|publish|publishes|published|publishing|issued|promulgated|adopted|approved|endorsed|ratified|passed",
            "launched|unveiled|introduced|announced|presented|gazetted|enacted|posted|interviewed",
            "releases|issues|adopts|approves|launches|unveils|announces|presents|introduces",
            "release|issue|adopt|approve|launch|unveil|announce|present|introduce|publication|announcement",
            "made|make|be|become|becomes|became|is|are available",
            "came|comes|come out",
            "went|goes|go live|out",
            "reach|reaches|reached general availability",
            "ship|ships|shipped|debut|debuts|debuted",
            "rolled|rolls|roll out",
            "general availability",
            "be|become|becomes|became stable",
            "enters|enter|entered beta|alpha|preview",
            "appear|appears|appeared on|in|as",
        ],
    ),
    (
        Sense::Effective,
        &[
            "took|take|takes|taking|taken effect",
            "came|comes|come|coming|put|brought|enter|enters|entered|entering|go|goes|went|going into force|effect|operation|application",
            "entry|entering into force|effect|application",
            "become|becomes|became|becoming|be|is|are|was|were effective|applicable|mandatory|compulsory|binding|obligatory|operative|operational",
            "effective|applicable|mandatory|compulsory",
            "implemented|enforced|implementation",
        ],
    ),
    (
        Sense::Applies,
        &[
            "apply|applies|applied|applying",
            "used|use from",
            "stop|stops|stopped|cease|ceases working|operating|functioning",
            "keep|keeps|kept working|running",
            "extends|extend|extended to all|every",
            "goes|go|went end-of-life|eol",
            "replace|replaces|replaced|supersedes",
            "in force|effect|application",
            "valid",
            "remain|remains|remained valid|applicable",
        ],
    ),
    (Sense::Withdrawn, &["withdrawn|repealed|revoked|abolished|discontinued|superseded|phased"]),
    (
        Sense::Deadline,
        &[
            "deadline|deadlines",
            "due",
            "rsvp",
            "accepted until|through|till|from",
            "must|should be received|submitted|made",
            "closing|due|final|last|end date|day",
            "register|enrol|enroll",
            "circulated for comment|comments|consultation",
            "submit|submits|submitted|submitting|submission|submissions",
            "sent|send in|to",
            "open|opened|available for comment|comments|consultation|feedback|input|review|contributions|applications|registration|nominations|signature",
            "open until|till",
            "invite|invites|invited|inviting|solicit|solicits|solicited|soliciting|seeks|sought|request|requested|collect|collecting comments|opinions|feedback|comment|views|contributions|proposals",
            "expire|expires|expired|expiry",
            "booked|reserved|ordered|claimed until|till|through|by|before|up|no",
            "reply|replies|respond by|before|until",
            "book|books by|before|until",
        ],
    ),
    (
        Sense::Opens,
        &["go|goes|went on sale", "open|opens|opened|begin|begins|began|start|starts|started|commence|commences"],
    ),
    (
        Sense::Closes,
        &[
            "reach|reaches|reached end",
            "exempt until|till|through",
            "last|lasts|lasted until|till",
            "close|closes|closed|end|ends|ended|conclude|concludes|concluded|finishes|finished",
        ],
    ),
    (
        Sense::Expected,
        &[
            "propose|proposes|proposed|suggest|suggests",
            "scheduled|planned|slated|foreseen|expected|anticipated|targeted|envisaged",
            "set for",
            "called for",
            "due for",
        ],
    ),
    (
        Sense::Moved,
        &[
            "postponed|rescheduled|deferred|delayed|extended|prolonged|moved",
            "put off|back",
            "brought|pushed|moved forward|back",
        ],
    ),
    (Sense::Cancelled, &["cancelled|canceled|abandoned|scrapped|shelved|axed", "called off"]),
    (
        Sense::Other,
        &[
            "signed|sign|signs|founded|established|inaugurated|formed|elected|appointed|awarded|commenced|registered",
            "set|sets|setting up",
            "commemorates|commemorate|marks|marked",
            "consult|consults",
            "switched|shut|turned off|down",
            "unavailable|offline|inaccessible",
            "paid|payable|mailed|reported|notified|served|serve|serves",
            "stay|stays|remain|remains up|open until|till|through",
            "decided|agreed|resumes|resume|resumed|follows|follow",
        ],
    ),
];
