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
	return printObservations(pattern.expression, 0);
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

function printObservations(node: ObservationExpression, rank: number): string {
	const text = printObservationNode(node);
	return OBSERVATION_RANK[node.kind] < rank ? `(${text})` : text;
}

function printObservationNode(node: ObservationExpression): string {
	switch (node.kind) {
		case 'observation':
			return `[${printComparison(node.expression)}]`;
		case 'qualified':
			return `${printObservations(node.operand, OBSERVATION_RANK.observation)} ${node.qualifiers.map(printQualifier).join(' ')}`;
		case 'observation-and':
		case 'observation-or':
		case 'followed-by':
			return node.operands
				.map((operand) => printObservations(operand, OBSERVATION_RANK[node.kind]))
				.join(OBSERVATION_WORD[node.kind]);
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
	const not = 'negated' in node && node.negated ? 'NOT ' : '';
	switch (node.kind) {
		case 'comparison':
			return `${printPath(node.path)} ${not}${node.operator} ${printLiteral(node.value)}`;
		case 'in':
			return `${printPath(node.path)} ${not}IN (${node.values.map(printLiteral).join(', ')})`;
		case 'exists':
			return `${not}EXISTS ${printPath(node.path)}`;
		case 'or':
			return node.operands.map(printComparison).join(' OR ');
		case 'and':
			return node.operands
				.map((operand) => (operand.kind === 'or' ? `(${printComparison(operand)})` : printComparison(operand)))
				.join(' AND ');
	}
}

/** `email-message:from_ref.value`, `file:hashes.'SHA-256'`, `email-message:to_refs[*].value`. */
export function printPath(path: ObjectPath): string {
	return `${path.objectType}:${path.steps.map(printStep).join('').replace(/^\./, '')}`;
}

function printStep(step: PathStep): string {
	switch (step.kind) {
		case 'key':
			return `.${isPlainKey(step.name) ? step.name : quote(step.name)}`;
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
			return quote(literal.value);
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

/** A string constant: quotes and backslashes escaped, nothing else is special (STIX 2.1 section 9.3). */
export function quote(text: string): string {
	return `'${text.replace(/['\\]/g, '\\$&')}'`;
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
