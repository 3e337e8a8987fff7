import { plainText } from '../json';
import type { AnyStixObject } from './anyBundle';

/** An object without references to these; undefined when it would be of nothing. */
export function withoutReferences(object: AnyStixObject, gone: ReadonlySet<string>): AnyStixObject | undefined {
	let changed = false;
	const kept: AnyStixObject = { type: object.type, id: object.id };
	for (const [name, value] of Object.entries(object)) {
		// What a system writes of recipients in words names the same people.
		if (/^x_.*recipients/.test(name)) changed = true;
		else if (!/_refs?$/.test(name)) kept[name] = value;
		else if (Array.isArray(value)) {
			const left = (value as unknown[]).filter((id) => !gone.has(plainText(id)));
			if (left.length < value.length) changed = true;
			if (left.length > 0) kept[name] = left;
			else if (name === 'object_refs') return undefined;
		} else if (gone.has(plainText(value))) {
			changed = true;
			if (name === 'source_ref' || name === 'target_ref') return undefined;
		} else kept[name] = value;
	}
	return changed ? kept : object;
}
