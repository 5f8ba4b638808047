//! The names under which programs log a record's time and level.

use crate::level::Scale;

/// What a top-level key is to the reader. Where several keys tell the same thing, the lowest rank
/// is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Time(u8),
    Level(u8, Scale),
    /// An object that may hold the level: `{"log":{"level":…}}`. Or, in Docker's files, the line.
    Log,
    /// The message of a CLEF event, whose level is left out when it is the usual one.
    Clef,
    /// An agent's name: its records tell by their type what they are.
    Agent,
    /// The type of a record.
    Kind,
    /// loguru's record, beside the line that was made of it.
    Record,
    /// A batch of the OpenTelemetry protocol, as its collector writes it to files.
    Otlp,
    Other,
}

const LONGEST: usize = 24;

/// What a key means: upper case, `_`, `-`, `.` and `@` make no difference, but for `@t` and `@l`.
#[inline]
pub(crate) fn role(key: &[u8]) -> Role {
    if let b"@m" | b"@mt" = key {
        return Role::Clef;
    }
    // Most keys are something else, and their first letter says so.
    let first = match key {
        [b'@' | b'_', rest @ ..] => rest.iter().find(|&&byte| byte != b'_').copied(),
        _ => key.first().copied(),
    };
    let candidate = first.is_some_and(|byte| {
        matches!(
            byte.to_ascii_lowercase(),
            b't' | b'l' | b's' | b'd' | b'a' | b'e' | b'c' | b'i' | b'r' | b'o' | b'p'
        )
    });
    if !candidate || key.len() > LONGEST {
        return Role::Other;
    }
    match key {
        b"timestamp" | b"@timestamp" => return Role::Time(0),
        b"level" => return Role::Level(0, Scale::Level),
        b"@t" => return Role::Time(1),
        b"@l" => return Role::Level(1, Scale::Level),
        // journald's; elsewhere it is how urgent something is, unless it is a level's name.
        b"PRIORITY" => return Role::Level(4, Scale::Severity),
        // journald's too: what a program wrote as its time, to the second and without a year. Its own
        // is better.
        b"SYSLOG_TIMESTAMP" => return Role::Time(5),
        b"LogLevel" => return Role::Level(0, Scale::DotNet),
        b"type" => return Role::Kind,
        b"agent_id" | b"agentId" => return Role::Agent,
        b"resourceLogs" => return Role::Otlp,
        b"record" => return Role::Record,
        _ => {}
    }
    let mut plain = [0; LONGEST];
    let mut length = 0;
    for byte in key
        .iter()
        .filter(|byte| !matches!(byte, b'_' | b'-' | b'.' | b'@'))
    {
        if let Some(to) = plain.get_mut(length) {
            *to = byte.to_ascii_lowercase();
            length += 1;
        }
    }
    match plain.get(..length).unwrap_or_default() {
        b"timestamp" => Role::Time(0),
        b"time" => Role::Time(1),
        b"datetime" | b"timeiso8601" | b"eventtime" | b"logtime" | b"asctime" | b"instant" => {
            Role::Time(2)
        }
        b"ts" | b"timemillis" | b"timestampms" | b"timeunixnano" | b"timelocal"
        | b"syslogtimestamp" => Role::Time(3),
        b"sourcerealtimetimestamp" | b"realtimetimestamp" => Role::Time(4),
        b"date" | b"created" | b"createdat" | b"loggedat" | b"epoch" => Role::Time(5),
        b"observedtimestamp" | b"observedtimeunixnano" | b"receivedat" | b"t" => Role::Time(6),
        b"level" | b"loglevel" => Role::Level(0, Scale::Level),
        b"levelname" | b"severitytext" | b"lvl" => Role::Level(1, Scale::Level),
        b"severity" => Role::Level(2, Scale::Severity),
        b"severitynumber" => Role::Level(3, Scale::Otel),
        b"levelno" | b"levelnumber" => Role::Level(3, Scale::Python),
        b"levelvalue" => Role::Level(3, Scale::Level),
        b"priority" => Role::Level(4, Scale::Words),
        b"l" | b"s" => Role::Level(6, Scale::Words),
        b"log" => Role::Log,
        _ => Role::Other,
    }
}
