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
