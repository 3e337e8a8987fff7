import type { ObjectPath } from './ast';
import type { ObservationView, StixRecord } from './observations';
import type { Budget } from './budget';

/**
 * All values that a path selects in one object, as STIX 2.1 section 9.5 has it: a key selects in a dictionary only, an index
 * in a list only, `[*]` any element. A reference (`…_ref`, element of `…_refs`) that has more steps behind it is followed
 * to the object of the same observation. Empty when the path is absent.
 */
export function select(path: ObjectPath, object: StixRecord, observation: ObservationView, budget: Budget): unknown[] {
	let values: unknown[] = [object];
	let property = '';
	for (const step of path.steps) {
		const selected: unknown[] = [];
		budget.spend(values.length);
		for (const value of values) {
			if (step.kind === 'key') {
				const target =
					typeof value === 'string' && /_refs?$/.test(property) ? observation.objectsByRef.get(value) : value;
				if (
					typeof target === 'object' &&
					target !== null &&
					!Array.isArray(target) &&
					Object.hasOwn(target, step.name)
				) {
					selected.push((target as StixRecord)[step.name]);
				}
			} else if (Array.isArray(value)) {
				if (step.kind === 'any') for (const element of value as unknown[]) selected.push(element);
				else if (step.index >= 0 && step.index < value.length) selected.push((value as unknown[])[step.index]);
			}
		}
		if (step.kind === 'key') property = step.name;
		// Two ways to the same object are one, so that lists of references to one another cannot multiply.
		values = [...new Set(selected)].filter((value) => value !== null && value !== undefined);
		if (values.length === 0) break;
	}
	return values;
}

/** The last key of a path: it types the value. */
export function propertyOf(path: ObjectPath): string {
	const last = path.steps.findLast((step) => step.kind === 'key');
	return last?.kind === 'key' ? last.name : '';
}
