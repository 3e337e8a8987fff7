import { patternString } from '../values';
import type {
	ComparisonExpression,
	ObjectPath,
	ObservationExpression,
	PathStep,
	Pattern,
	PatternLiteral,
	Qualifier,
} from './ast';
import { isPlainKey } from './lexer';

/**
 * The text of a pattern: one space around operators, parentheses only where the tree needs them.
 * Parsing it gives the same tree, positions aside.
 */
export function printPattern(pattern: Pattern): string {
	const pieces: string[] = [];
	writeObservations(pieces, pattern.expression, 0);
	return pieces.join('');
}

// How tightly each operator binds; an operand that binds less stands in parentheses.
const OBSERVATION_RANK = {
	'followed-by': 0,
	'observation-or': 1,
	'observation-and': 2,
	qualified: 3,
	observation: 4,
} as const;
const OBSERVATION_WORD = {
	'followed-by': ' FOLLOWEDBY ',
	'observation-or': ' OR ',
	'observation-and': ' AND ',
} as const;

/** Pieces are joined once, at the end: joining them at every level would copy the innermost as often as it is nested. */
function writeObservations(pieces: string[], node: ObservationExpression, rank: number): void {
	const isOpen = OBSERVATION_RANK[node.kind] < rank;
	if (isOpen) pieces.push('(');
	writeObservationNode(pieces, node);
	if (isOpen) pieces.push(')');
}

function writeObservationNode(pieces: string[], node: ObservationExpression): void {
	switch (node.kind) {
		case 'observation':
			pieces.push('[');
			writeComparison(pieces, node.expression);
			pieces.push(']');
			return;
		case 'qualified':
			writeObservations(pieces, node.operand, OBSERVATION_RANK.observation);
			for (const qualifier of node.qualifiers) pieces.push(' ', printQualifier(qualifier));
			return;
		case 'observation-and':
		case 'observation-or':
		case 'followed-by':
			node.operands.forEach((operand, i) => {
				if (i > 0) pieces.push(OBSERVATION_WORD[node.kind]);
				writeObservations(pieces, operand, OBSERVATION_RANK[node.kind]);
			});
	}
}

function printQualifier(qualifier: Qualifier): string {
	switch (qualifier.kind) {
		case 'start-stop':
			return `START ${printLiteral(qualifier.start)} STOP ${printLiteral(qualifier.stop)}`;
		case 'within':
			return `WITHIN ${printLiteral(qualifier.seconds)} SECONDS`;
		case 'repeats':
			return `REPEATS ${printLiteral(qualifier.times)} TIMES`;
	}
}

/** The text of what stands inside `[ ]`, or of a part of it: to name it in an error. */
export function printComparison(node: ComparisonExpression): string {
	const pieces: string[] = [];
	writeComparison(pieces, node);
	return pieces.join('');
}

function writeComparison(pieces: string[], node: ComparisonExpression): void {
	const not = 'negated' in node && node.negated ? 'NOT ' : '';
	switch (node.kind) {
		case 'comparison':
			pieces.push(`${printPath(node.path)} ${not}${node.operator} ${printLiteral(node.value)}`);
			return;
		case 'in':
			pieces.push(`${printPath(node.path)} ${not}IN (${node.values.map(printLiteral).join(', ')})`);
			return;
		case 'exists':
			pieces.push(`${not}EXISTS ${printPath(node.path)}`);
			return;
		case 'or':
		case 'and':
			node.operands.forEach((operand, i) => {
				if (i > 0) pieces.push(node.kind === 'or' ? ' OR ' : ' AND ');
				const isOpen = node.kind === 'and' && operand.kind === 'or';
				if (isOpen) pieces.push('(');
				writeComparison(pieces, operand);
				if (isOpen) pieces.push(')');
			});
	}
}

/** `email-message:from_ref.value`, `file:hashes.'SHA-256'`, `email-message:to_refs[*].value`. */
export function printPath(path: ObjectPath): string {
	return `${path.objectType}:${path.steps.map(printStep).join('').replace(/^\./, '')}`;
}

function printStep(step: PathStep): string {
	switch (step.kind) {
		case 'key':
			return `.${isPlainKey(step.name) ? step.name : patternString(step.name)}`;
		case 'index':
			return `[${step.index}]`;
		case 'any':
			return '[*]';
	}
}

/** A constant as it stands in a pattern. */
export function printLiteral(literal: PatternLiteral): string {
	switch (literal.kind) {
		case 'string':
			return patternString(literal.value);
		case 'integer':
		case 'boolean':
			return String(literal.value);
		case 'float':
			return printFloat(literal.value);
		case 'hex':
			return `h'${literal.value}'`;
		case 'binary':
			return `b'${literal.value}'`;
		case 'timestamp':
			return `t'${literal.value}'`;
	}
}

/** Shortest decimals that read back as the same number. The language has no exponents. */
function printFloat(value: number): string {
	const [mantissa = '', exponent] = (Object.is(value, -0) ? '-0' : String(value)).split('e');
	if (exponent === undefined) return mantissa.includes('.') ? mantissa : `${mantissa}.0`;
	const sign = mantissa.startsWith('-') ? '-' : '';
	const [whole = '', decimals = ''] = mantissa.replace('-', '').split('.');
	const shift = Number(exponent);
	if (shift < 0) return `${sign}0.${'0'.repeat(-shift - 1)}${whole}${decimals}`;
	return `${sign}${whole}${decimals.padEnd(shift, '0')}.0`;
}
