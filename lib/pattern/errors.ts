import { EmailIntelError, type ErrorDetails } from '../errors';
import type { PatternPosition } from './ast';

/**
 * - `PATTERN_SYNTAX`: the text is no STIX pattern.
 * - `PATTERN_TOO_DEEP`, `PATTERN_TOO_LONG`: it may be one, but is beyond `PATTERN_LIMITS`.
 */
export type PatternSyntaxCode = 'PATTERN_SYNTAX' | 'PATTERN_TOO_DEEP' | 'PATTERN_TOO_LONG';

/** What is wrong with the text of a pattern, and where. */
export class PatternSyntaxError extends EmailIntelError implements PatternPosition {
	declare readonly code: PatternSyntaxCode;
	readonly offset: number;
	readonly line: number;
	readonly column: number;
	/** What could have stood there, in words or as it is written (`'AND'`, `a comparison operator`). May be empty. */
	readonly expected: readonly string[];

	constructor(
		code: PatternSyntaxCode,
		at: PatternPosition,
		problem: string,
		details: ErrorDetails & { expected?: readonly string[] } = {},
	) {
		super(code, `Line ${at.line}, column ${at.column}: ${problem}`, details);
		this.offset = at.offset;
		this.line = at.line;
		this.column = at.column;
		this.expected = details.expected ?? [];
	}
}

/**
 * - `PATTERN_REGEX_INVALID`: a MATCHES expression that no engine could read, or that only a backtracking engine could.
 * - `PATTERN_CIDR_INVALID`: the constant of ISSUBSET or ISSUPERSET is no IP address or CIDR block.
 * - `PATTERN_TOO_COMPLEX`: the pattern and the observations together take more steps than `PATTERN_LIMITS.maxSteps`.
 * - `PATTERN_INPUT_INVALID`: what the pattern was to be matched against is no bundle and no list of STIX objects.
 */
export type PatternMatchCode =
	'PATTERN_REGEX_INVALID' | 'PATTERN_CIDR_INVALID' | 'PATTERN_TOO_COMPLEX' | 'PATTERN_INPUT_INVALID';

/** Why a pattern that is well-formed cannot be matched. */
export class PatternMatchError extends EmailIntelError {
	declare readonly code: PatternMatchCode;
	/** Where the comparison stands in the pattern, when one is the reason. */
	readonly at?: PatternPosition;

	constructor(code: PatternMatchCode, message: string, details: ErrorDetails & { at?: PatternPosition } = {}) {
		super(code, details.at ? `Line ${details.at.line}, column ${details.at.column}: ${message}` : message, details);
		if (details.at !== undefined) this.at = details.at;
	}
}

/**
 * - `PATTERN_EMPTY`: nothing was given that a pattern could look for.
 * - `PATTERN_TOO_MANY_TERMS`: more than the maximum asked for.
 * - `PATTERN_OPTION_INVALID`: an option that no pattern can be built with.
 * - `PATTERN_SOURCE_INVALID`: what was given is no bundle and no list of indicators.
 */
export type PatternBuildCode =
	'PATTERN_EMPTY' | 'PATTERN_TOO_MANY_TERMS' | 'PATTERN_OPTION_INVALID' | 'PATTERN_SOURCE_INVALID';

/** Why no pattern could be built. */
export class PatternBuildError extends EmailIntelError {
	declare readonly code: PatternBuildCode;

	constructor(code: PatternBuildCode, message: string, details?: ErrorDetails) {
		super(code, message, details);
	}
}
