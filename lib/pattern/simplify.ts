import type { ComparisonExpression, InComparison, Observation, ObservationExpression } from './ast';
import { printPath } from './print';

/**
 * An expression of the same meaning that is cheaper to evaluate: `[a] OR [b]` becomes `[a OR b]`, and tests for equality with
 * the same path become one IN. A list of 50,000 indicators is then a look-up, not 50,000 comparisons of each object.
 */
export function simplify(node: ObservationExpression): ObservationExpression {
	switch (node.kind) {
		case 'observation':
			return { ...node, expression: simplifyComparison(node.expression) };
		case 'qualified':
			return { ...node, operand: simplify(node.operand) };
		case 'observation-and':
		case 'followed-by':
			return { ...node, operands: node.operands.map(simplify) };
		case 'observation-or': {
			const joined = joinObservations(node);
			if (joined.kind === 'observation') return simplify(joined);
			return { ...node, operands: (joined.kind === 'observation-or' ? joined.operands : [joined]).map(simplify) };
		}
	}
}

/** `[a] OR [b]` as `[a OR b]`; other operands of the OR stay behind it. */
export function joinObservations(node: ObservationExpression): ObservationExpression {
	if (node.kind !== 'observation-or') return node;
	const single = node.operands.filter((operand): operand is Observation => operand.kind === 'observation');
	if (single.length < 2) return node;
	const { at } = single[0]!;
	const operands = single.flatMap(({ expression }) => (expression.kind === 'or' ? expression.operands : [expression]));
	const joined: Observation = { kind: 'observation', at, expression: { kind: 'or', at, operands } };
	const others = node.operands.filter(({ kind }) => kind !== 'observation');
	return others.length === 0 ? joined : { ...node, operands: [joined, ...others] };
}

function simplifyComparison(node: ComparisonExpression): ComparisonExpression {
	if (node.kind === 'and') return { ...node, operands: node.operands.map(simplifyComparison) };
	if (node.kind !== 'or') return node;
	const operands: ComparisonExpression[] = [];
	const byPath = new Map<string, InComparison>();
	for (const operand of node.operands) {
		const equal = asSet(operand);
		if (equal === undefined) {
			operands.push(simplifyComparison(operand));
			continue;
		}
		const path = printPath(equal.path);
		const same = byPath.get(path);
		if (same === undefined) {
			const set = { ...equal, values: [...equal.values] };
			byPath.set(path, set);
			operands.push(set);
		} else for (const value of equal.values) same.values.push(value);
	}
	const shortest = operands.map(asEquality);
	return shortest.length === 1 ? shortest[0]! : { ...node, operands: shortest };
}

function asSet(node: ComparisonExpression): InComparison | undefined {
	if (node.kind === 'in') return node.negated ? undefined : node;
	if (node.kind !== 'comparison' || node.negated || node.operator !== '=') return undefined;
	return { kind: 'in', at: node.at, path: node.path, negated: false, values: [node.value] };
}

/** A set of one value is an equality. */
function asEquality(node: ComparisonExpression): ComparisonExpression {
	const [value, ...more] = node.kind === 'in' ? node.values : [];
	if (node.kind !== 'in' || value === undefined || more.length > 0) return node;
	return { kind: 'comparison', at: node.at, path: node.path, negated: node.negated, operator: '=', value };
}
