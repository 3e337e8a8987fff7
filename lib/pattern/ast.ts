/**
 * The syntax tree of a STIX 2.1 pattern (STIX 2.1 section 9).
 *
 * Two levels, told apart by `kind`: observation expressions (`observation`, `qualified`, `observation-and`,
 * `observation-or`, `followed-by`) hold comparison expressions (`comparison`, `in`, `exists`, `and`, `or`).
 * Chains are flat: `a OR b OR c` is one `or` of three operands, and parentheses leave no node behind.
 * Every node knows where it stood in the text.
 */
export interface Pattern {
	kind: 'pattern';
	expression: ObservationExpression;
}

/** Where a node starts in the text of the pattern. */
export interface PatternPosition {
	/** UTF-16 units from the start of the text, as `String.prototype.slice` counts. */
	offset: number;
	/** From 1. A line ends with LF, CR LF or CR. */
	line: number;
	/** From 1, in characters (code points). */
	column: number;
}

interface Located {
	at: PatternPosition;
}

// ---- observation level ----

/** What a pattern says of observations: one, or several joined by AND, OR or FOLLOWEDBY, with qualifiers or without (STIX 2.1 section 9.2). */
export type ObservationExpression = Observation | QualifiedObservation | ObservationAnd | ObservationOr | FollowedBy;

/** `[ … ]`: one observation whose objects satisfy the comparison expression. */
export interface Observation extends Located {
	kind: 'observation';
	expression: ComparisonExpression;
}

/** An observation, or a parenthesised expression, with its qualifiers in the order written. */
export interface QualifiedObservation extends Located {
	kind: 'qualified';
	operand: ObservationExpression;
	/** At least one. On an `observation` operand each kind occurs once at most. */
	qualifiers: Qualifier[];
}

/** All operands match, each on observations of its own. Two operands or more. */
export interface ObservationAnd extends Located {
	kind: 'observation-and';
	operands: ObservationExpression[];
}

/** One operand matches at least. Two operands or more. */
export interface ObservationOr extends Located {
	kind: 'observation-or';
	operands: ObservationExpression[];
}

/** All operands match, each on observations of its own that are not older than those of the operand before it. */
export interface FollowedBy extends Located {
	kind: 'followed-by';
	operands: ObservationExpression[];
}

/** What an observation has to keep to besides its comparisons (STIX 2.1 section 9.4). */
export type Qualifier = StartStopQualifier | WithinQualifier | RepeatsQualifier;

/** `START t'…' STOP t'…'`: start ≤ time < stop. */
export interface StartStopQualifier extends Located {
	kind: 'start-stop';
	start: TimestampLiteral;
	stop: TimestampLiteral;
}

/** `WITHIN x SECONDS`. */
export interface WithinQualifier extends Located {
	kind: 'within';
	seconds: IntegerLiteral | FloatLiteral;
}

/** `REPEATS x TIMES`. */
export interface RepeatsQualifier extends Located {
	kind: 'repeats';
	times: IntegerLiteral;
}

// ---- comparison level ----

/** What stands between `[` and `]`: tests, joined by AND or OR (STIX 2.1 section 9.6). */
export type ComparisonExpression = ComparisonTest | ComparisonAnd | ComparisonOr;

/** The leaves of a comparison expression. */
export type ComparisonTest = Comparison | InComparison | ExistsComparison;

/** Operators with one constant. `==` reads as `=`, `<>` as `!=`. */
export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'MATCHES' | 'ISSUBSET' | 'ISSUPERSET';

/** `path NOT? operator constant`. */
export interface Comparison extends Located {
	kind: 'comparison';
	path: ObjectPath;
	/** NOT stands before the operator. */
	negated: boolean;
	operator: ComparisonOperator;
	/** A string for LIKE, MATCHES, ISSUBSET and ISSUPERSET; no boolean for an order operator. */
	value: PatternLiteral;
}

/** `path NOT? IN (constant, …)`. */
export interface InComparison extends Located {
	kind: 'in';
	path: ObjectPath;
	negated: boolean;
	/** May be empty: the grammar allows `IN ()`, which is never true. */
	values: PatternLiteral[];
}

/** `NOT? EXISTS path`. */
export interface ExistsComparison extends Located {
	kind: 'exists';
	path: ObjectPath;
	negated: boolean;
}

/** All operands hold, for one object each. Two operands or more. */
export interface ComparisonAnd extends Located {
	kind: 'and';
	operands: ComparisonExpression[];
}

/** One operand holds at least. Two operands or more. */
export interface ComparisonOr extends Located {
	kind: 'or';
	operands: ComparisonExpression[];
}

/** `type:key.key[0][*]`. */
export interface ObjectPath extends Located {
	objectType: string;
	/** The first one is always a key. */
	steps: PathStep[];
}

/** One step of a path into an object (STIX 2.1 section 9.7). */
export type PathStep =
	/** A property or dictionary key; quotes, where it had any, are gone. */
	| { kind: 'key'; name: string }
	/** `[n]`. The grammar allows negative numbers, which select nothing. */
	| { kind: 'index'; index: number }
	/** `[*]`. */
	| { kind: 'any' };

// ---- constants ----

/** A constant of a pattern (STIX 2.1 section 9.3). */
export type PatternLiteral =
	StringLiteral | IntegerLiteral | FloatLiteral | BooleanLiteral | HexLiteral | BinaryLiteral | TimestampLiteral;

/** `'…'`. */
export interface StringLiteral extends Located {
	kind: 'string';
	/** Without quotes and escapes. */
	value: string;
}

/** `-12`. */
export interface IntegerLiteral extends Located {
	kind: 'integer';
	/** Exact, whatever its size. */
	value: bigint;
}

/** `1.5`: a 64-bit number. */
export interface FloatLiteral extends Located {
	kind: 'float';
	value: number;
}

/** `true`, `false`. */
export interface BooleanLiteral extends Located {
	kind: 'boolean';
	value: boolean;
}

/** `h'…'`. */
export interface HexLiteral extends Located {
	kind: 'hex';
	/** Pairs of hex digits, lower case; may be empty. */
	value: string;
}

/** `b'…'`. */
export interface BinaryLiteral extends Located {
	kind: 'binary';
	/** Padded base64, never empty. */
	value: string;
}

/** `t'…'`. */
export interface TimestampLiteral extends Located {
	kind: 'timestamp';
	/** RFC 3339 as written: `2024-01-31T00:00:00.123Z`, any number of decimals. The calendar is not checked. */
	value: string;
}
