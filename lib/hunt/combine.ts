import { compilePattern, type ComparisonExpression, type ObservationExpression, type Pattern } from '../pattern';
import { timeText } from './window';

/** A message among those that were read. */
export interface Timed {
	/** Epoch milliseconds. */
	readonly time: number | undefined;
}

const MARKER = 'x-hunt';

/**
 * Which messages AND, OR, FOLLOWEDBY, WITHIN and REPEATS leave: those that take part in a match of the whole pattern.
 * `matching` has those of each observation, in the order of the pattern.
 */
export function combined<Message extends Timed>(
	{ expression }: Pattern,
	matching: ReadonlyArray<ReadonlySet<Message>>,
): Set<Message> {
	if (isUnion(expression)) return new Set(matching.flatMap((set) => [...set]));
	const messages = [...new Set(matching.flatMap((set) => [...set]))];
	const observed = messages.map((found, index) => {
		const marks = matching.flatMap((set, observation) => (set.has(found) ? [[`o${observation}`, true]] : []));
		const moment = found.time === undefined ? undefined : timeText(found.time);
		return {
			type: 'observed-data',
			id: String(index),
			...(moment === undefined ? {} : { first_observed: moment, last_observed: moment }),
			objects: [{ type: MARKER, ...Object.fromEntries(marks) }],
		};
	});
	const pattern: Pattern = { kind: 'pattern', expression: marked(expression, { next: 0 }) };
	const taking = new Set(compilePattern(pattern).match(observed).observations);
	return new Set(messages.filter((_, index) => taking.has(String(index))));
}

/** Whether a message matches as soon as one of the observations is of it: they are joined by OR alone. */
export function isUnion(node: ObservationExpression): boolean {
	if (node.kind === 'observation') return true;
	if (node.kind === 'qualified')
		return node.qualifiers.every(({ kind }) => kind === 'start-stop') && isUnion(node.operand);
	return node.kind === 'observation-or' && node.operands.every(isUnion);
}

/** The pattern with "is in the result of observation n" in place of each observation; START and STOP are settled by then. */
function marked(node: ObservationExpression, count: { next: number }): ObservationExpression {
	switch (node.kind) {
		case 'observation': {
			const { at } = node;
			const path = { at, objectType: MARKER, steps: [{ kind: 'key' as const, name: `o${count.next++}` }] };
			const expression: ComparisonExpression = { kind: 'exists', at, path, negated: false };
			return { ...node, expression };
		}
		case 'qualified': {
			const qualifiers = node.qualifiers.filter(({ kind }) => kind !== 'start-stop');
			const operand = marked(node.operand, count);
			return qualifiers.length === 0 ? operand : { ...node, operand, qualifiers };
		}
		case 'observation-and':
		case 'observation-or':
		case 'followed-by':
			return { ...node, operands: node.operands.map((operand) => marked(operand, count)) };
	}
}
