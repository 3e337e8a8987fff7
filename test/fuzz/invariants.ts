import { EmailIntelError } from '../../lib/errors';

/** Checks that several kinds make. Each throws when what it says does not hold; texts in errors are short. */

/** Characters around the first difference that an error shows. */
const AROUND = 60;

export function isTrue(holds: boolean, otherwise: string): asserts holds {
	if (!holds) throw new Error(otherwise);
}

/** The same text, or where it begins to differ. */
export function isSame(one: string, other: string, what: string): void {
	if (one === other) return;
	let at = 0;
	while (at < one.length && one[at] === other[at]) at++;
	const from = Math.max(0, at - AROUND);
	const shown = [one, other].map((text) => JSON.stringify(text.slice(from, at + AROUND)));
	throw new Error(`${what}: differs at ${at} of ${one.length} and ${other.length}: ${shown.join(' | ')}`);
}

/** Its JSON is no longer than so many characters for each of the input's, and these. */
export function isBounded(json: string, inputLength: number, factor: number, more: number): void {
	const most = inputLength * factor + more;
	isTrue(json.length <= most, `${json.length} characters of JSON for an input of ${inputLength}`);
}

/** JSON, of which nothing gets lost: no NaN, no infinity, no bigint, no time that is none. `undefined` members aside. */
export function jsonOf(value: unknown): string {
	const walked: Array<[value: unknown, path: string]> = [[value, '']];
	for (let next = walked.pop(); next !== undefined; next = walked.pop()) {
		const [one, path] = next;
		isTrue(typeof one !== 'number' || Number.isFinite(one), `${path} is no finite number`);
		isTrue(!(one instanceof Date) || !Number.isNaN(one.getTime()), `${path} is a time that is none`);
		isTrue(!['bigint', 'function', 'symbol'].includes(typeof one), `${path} is a ${typeof one}`);
		if (typeof one !== 'object' || one === null || Buffer.isBuffer(one)) continue;
		for (const [key, member] of Object.entries(one)) walked.push([member, `${path}.${key}`]);
	}
	return JSON.stringify(value);
}

/** No half of a character and no NUL in any text, names of members among them. */
export function isWellFormed(value: unknown, path = ''): void {
	if (typeof value === 'string') {
		const { index } = /[\0\p{Surrogate}]/u.exec(value) ?? {};
		if (index === undefined) return;
		const shown = JSON.stringify(value.slice(Math.max(0, index - AROUND), index + AROUND));
		throw new Error(`${path} has half of a character or NUL: ${shown}`);
	}
	if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return;
	for (const [name, member] of Object.entries(value)) {
		isWellFormed(name, `a name in ${path}`);
		isWellFormed(member, `${path}.${name}`);
	}
}

const ID = /^[a-z][a-z0-9-]+[a-z0-9]--[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Objects of STIX of any type: ids that are some, each once; references that lead to one of them; nothing empty or null. */
export function isSoundBundle(bundle: { id: string; objects: ReadonlyArray<{ type?: unknown; id?: unknown }> }): void {
	isTrue(ID.test(bundle.id), `id of the bundle: ${bundle.id}`);
	const ids = new Set<unknown>();
	for (const { type, id } of bundle.objects) {
		isTrue(typeof id === 'string' && ID.test(id) && id.startsWith(`${String(type)}--`), `id ${String(id)}`);
		isTrue(!ids.has(id), `${id} is there twice`);
		ids.add(id);
	}
	for (const object of bundle.objects) hasSoundMembers(object, String(object.id), ids);
}

/** `here`: what references may lead to; undefined where they are keys of another kind. */
export function hasSoundMembers(object: object, path: string, here: ReadonlySet<unknown> | undefined): void {
	const members = Object.entries(object);
	isTrue(members.length > 0, `${path} is empty`);
	for (const [name, value] of members as Array<[string, unknown]>) {
		const at = `${path}.${name}`;
		isTrue(value !== null && value !== undefined, `${at} is null or undefined`);
		if (here !== undefined && name.endsWith('_ref'))
			isTrue(here.has(value), `${at} leads nowhere: ${JSON.stringify(value)}`);
		if (here !== undefined && name.endsWith('_refs')) {
			for (const one of value as unknown[]) isTrue(here.has(one), `${at} leads nowhere: ${JSON.stringify(one)}`);
		}
		if (typeof value === 'object') hasSoundMembers(value, at, here);
	}
}

/** What it gives, or undefined where it is refused with one of these codes. */
export function unlessRefused<T>(codes: readonly string[], work: () => T): T | undefined {
	try {
		return work();
	} catch (error) {
		if (error instanceof EmailIntelError && codes.includes(error.code)) return undefined;
		throw error;
	}
}
