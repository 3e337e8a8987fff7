import { checkPattern, type PatternProblem } from './check';
import { PatternSyntaxError } from './errors';
import { parsePattern } from './parse';
import { printPattern } from './print';
import { levelOf } from './walk';

/** What there is to say about the text of a pattern. */
export interface PatternVerdict {
	/** The grammar of STIX 2.1 patterning accepts it. */
	valid: boolean;
	/** It keeps the rules beyond the grammar, too: no problem of severity `error`. */
	conformant: boolean;
	/** Conformance level that a consumer needs (STIX 2.1 section 12.7). Absent when not valid. */
	level?: 1 | 2 | 3;
	/** The pattern in canonical spacing. Absent when not valid. */
	canonical?: string;
	problems: Array<Omit<PatternProblem, 'code'> & { code: string; expected?: readonly string[]; hint?: string }>;
}

/** Reads and checks a pattern. Never throws for what the text holds: a text that is no pattern is one problem. */
export function validatePattern(text: string): PatternVerdict {
	try {
		const pattern = parsePattern(text);
		const problems = checkPattern(pattern);
		const conformant = problems.every(({ severity }) => severity !== 'error');
		return { valid: true, conformant, level: levelOf(pattern), canonical: printPattern(pattern), problems };
	} catch (error) {
		if (!(error instanceof PatternSyntaxError)) throw error;
		const { code, message, offset, line, column, expected, hint } = error;
		const problem = { code, severity: 'error' as const, message, offset, line, column, expected };
		return { valid: false, conformant: false, problems: [hint === undefined ? problem : { ...problem, hint }] };
	}
}
