import { plainText } from '../json';
import { HUNT_LIMITS } from '../limits';
import { parsePattern, type ComparisonExpression, type Pattern } from '../pattern';
import {
	canonicalJson,
	OWN_NAMESPACE,
	stixObject,
	uuidV5,
	withoutReferences,
	type AnyStixObject,
	type StixInput,
} from '../stix';
import { recipientCount, wasDelivered, type HuntFindingRow, type HuntFindings } from './findings';
import { pathText } from './searchable';

/** Where something was seen. */
export interface SightingPlace {
	name: string;
	/** Default `organization`. */
	kind?: 'organization' | 'system' | undefined;
}

/** Options of {@link huntSightings}. */
export interface SightingOptions {
	/** Objects among which what was hunted for is looked up: an indicator, else an observable. What is not there is made. */
	objects?: readonly AnyStixObject[] | undefined;
	/** Default: the system that was hunted in. */
	seenAt?: SightingPlace | undefined;
	/** Domains of one's own: an address in them is not made an observable. Default: none are known, and a recipient is one's own. */
	ownDomains?: readonly string[] | undefined;
	/** Make addresses of one's own observables all the same. Default false. */
	ownAddresses?: boolean | undefined;
	/** Markings of what is made. */
	markings?: readonly string[] | undefined;
	/** `created` where no row has a time. Default 1970-01-01T00:00:00.000Z. */
	time?: string | undefined;
}

/** Where a system's hunts are seen that does not say its name. */
const UNNAMED_SYSTEM = 'Mail system';
/** The identity does not change: its time is that of its definition here. */
const IDENTITY_TIME = '2025-01-01T00:00:00.000Z';
const NO_TIME = '1970-01-01T00:00:00.000Z';

/**
 * What hunts found as sightings: each indicator or observable that was hunted for and found, seen at the mail system or at an
 * organisation, with the number of messages, the first and the last time, and who received them. Before them stand what they refer to
 * and the given objects do not hold.
 *
 * The id of a sighting follows from what was seen and where, not from times and numbers: a later hunt says more of the same one. The
 * same findings give the same objects. A term that names no single thing (LIKE, a subject that no message has) has no sighting.
 *
 * STIX 2.1 has sightings of domain objects only (section 5.2), such as indicators; those of observables are OpenCTI's.
 */
export function huntSightings(hunts: readonly HuntFindings[], options: SightingOptions = {}): AnyStixObject[] {
	const index = new ThingIndex(options.objects ?? []);
	const made = new Map<string, AnyStixObject>();
	const seen = new Map<string, Seen>();
	for (const hunt of hunts) {
		const place = placeOf(hunt, options.seenAt);
		const thingsOf = thingsByTerm();
		for (const row of hunt.rows) {
			const things = new Map(
				(row.matchedBy ?? []).flatMap((term) => thingsOf(term).map((thing) => [thing.key, thing])),
			);
			for (const thing of things.values()) {
				const name = `${thing.key} ${place.id}`;
				const known = seen.get(name) ?? new Seen(thing, place);
				known.add(row);
				seen.set(name, known);
			}
		}
	}
	const sightings: AnyStixObject[] = [];
	for (const one of seen.values()) {
		const target = index.get(one.thing.key) ?? makeThing(one, options);
		if (target === undefined) continue;
		if (!index.has(target.id)) made.set(target.id, target);
		if (!index.has(one.place.id)) made.set(one.place.id, one.place);
		sightings.push(one.sightingOf(target, options));
	}
	return [...made.values(), ...sightings];
}

/** One thing that can be seen: by a text that tells it from every other, and how it is made where nobody has it. */
interface Thing {
	key: string;
	type: string;
	properties?: Record<string, unknown>;
}

/** The messages of one hunt that have one thing in common. */
class Seen {
	readonly thing: Thing;
	readonly place: AnyStixObject;
	readonly #rows: HuntFindingRow[] = [];

	constructor(thing: Thing, place: AnyStixObject) {
		this.thing = thing;
		this.place = place;
	}

	add(row: HuntFindingRow): void {
		this.#rows.push(row);
	}

	/** Whether the address is among those that received the messages. */
	wasReceivedBy(address: string): boolean {
		return this.#rows.some(({ recipients }) => recipients?.some((one) => one.toLowerCase() === address) === true);
	}

	sightingOf(target: AnyStixObject, { markings = [], time = NO_TIME }: SightingOptions): AnyStixObject {
		const times = this.#rows.flatMap(({ seenAt }) => seenAt ?? []).sort();
		const [first, last] = [times[0], times.at(-1)];
		const place = this.place.id;
		const name = { type: 'sighting', of: target.type === 'indicator' ? target.id : this.thing.key, at: place };
		return {
			type: 'sighting',
			spec_version: '2.1',
			id: `sighting--${uuidV5(OWN_NAMESPACE, canonicalJson(name))}`,
			created: first ?? time,
			modified: last ?? time,
			...(first === undefined ? {} : { first_seen: first, last_seen: last }),
			count: this.#rows.length,
			sighting_of_ref: target.id,
			where_sighted_refs: [place],
			description: this.#description(),
			...(markings.length === 0 ? {} : { object_marking_refs: [...markings] }),
		};
	}

	/** How many messages, what became of them, and who received them. */
	#description(): string {
		const count = this.#rows.length === 1 ? '1 message.' : `${this.#rows.length} messages.`;
		const fates = this.#rows.map(wasDelivered);
		const [delivered, stopped] = [true, false].map((fate) => fates.filter((one) => one === fate).length);
		const fate = delivered === 0 && stopped === 0 ? '' : ` Delivered: ${delivered}, stopped: ${stopped}.`;
		return `${count}${fate}${this.#recipients()}`;
	}

	#recipients(): string {
		const rows = this.#rows.filter(({ recipients }) => recipients !== undefined);
		if (rows.length === 0) return '';
		const names = new Set(rows.flatMap(({ recipients = [] }) => recipients));
		const counted = rows.every(
			({ recipients }) => recipients?.every((name) => /^\d+ recipients?$/.test(name)) === true,
		);
		if (counted) {
			const sum = rows.reduce((all, { recipients = [] }) => all + Number.parseInt(recipients[0] ?? '0', 10), 0);
			return ` Recipients: ${sum}.`;
		}
		const { maxSightingRecipients: most } = HUNT_LIMITS;
		const shown = [...names].slice(0, most);
		const all = rows.reduce((sum, row) => sum + recipientCount(row), 0);
		const more = names.size > most ? `, and more: ${all} in all` : '';
		return ` Received by ${shown.join(', ')}${more}.`;
	}
}

function placeOf({ system = UNNAMED_SYSTEM }: HuntFindings, seenAt: SightingPlace | undefined): AnyStixObject {
	const { name, kind = 'organization' } = seenAt ?? { name: system, kind: 'system' };
	return {
		...stixObject('identity', {
			created: IDENTITY_TIME,
			modified: IDENTITY_TIME,
			name: name.trim(),
			identity_class: kind,
		}),
	};
}

/** An observable for what nobody has made yet; undefined for what is none by itself, and for one's own people. */
function makeThing(
	seen: Seen,
	{ ownDomains = [], ownAddresses = false, markings = [] }: SightingOptions,
): AnyStixObject | undefined {
	const { type, properties } = seen.thing;
	if (properties === undefined) return undefined;
	if (type === 'email-addr' && !ownAddresses) {
		const address = plainText(properties.value).toLowerCase();
		const isOwn = ownDomains.length === 0 ? seen.wasReceivedBy(address) : isOwnAddress(address, ownDomains);
		if (isOwn) return undefined;
	}
	const input = { ...properties, object_marking_refs: [...markings] } as StixInput<'domain-name'>;
	return { ...stixObject(type as 'domain-name', input, { fileIdentity: 'opencti' }) };
}

/** Whether an address is in one of the domains, or below it. */
export function isOwnAddress(address: string, ownDomains: readonly string[]): boolean {
	const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
	return ownDomains.some((own) => {
		const name = own
			.trim()
			.toLowerCase()
			.replace(/^[@.]+/, '');
		return name !== '' && (domain === name || domain.endsWith(`.${name}`));
	});
}

/** The given objects by what they are: an indicator of a thing before the thing itself. */
class ThingIndex {
	readonly #byKey = new Map<string, AnyStixObject>();
	readonly #ids = new Set<string>();

	constructor(objects: readonly AnyStixObject[]) {
		const indicators = objects.filter(({ type }) => type === 'indicator');
		for (const indicator of indicators) {
			const pattern = indicator['pattern'];
			for (const { key } of typeof pattern === 'string' ? thingsOfPattern(pattern) : []) this.#put(key, indicator);
		}
		for (const object of objects) {
			this.#ids.add(object.id);
			for (const key of keysOf(object)) this.#put(key, object);
		}
	}

	#put(key: string, object: AnyStixObject): void {
		if (!this.#byKey.has(key)) this.#byKey.set(key, object);
	}

	get(key: string): AnyStixObject | undefined {
		return this.#byKey.get(key);
	}

	has(id: string): boolean {
		return this.#ids.has(id);
	}
}

const keyOf = (...parts: string[]): string => parts.join(' ');

/** Types whose value is all that they are. Case says nothing but in URLs. */
const VALUED: ReadonlySet<string> = new Set(['domain-name', 'email-addr', 'ipv4-addr', 'ipv6-addr', 'mac-addr', 'url']);
const valueKey = (type: string, value: string): string => keyOf(type, type === 'url' ? value : value.toLowerCase());

/** The texts by which an object is looked up. */
function keysOf(object: AnyStixObject): string[] {
	const text = (name: string): string[] => (typeof object[name] === 'string' ? [object[name]] : []);
	if (VALUED.has(object.type)) return text('value').map((value) => valueKey(object.type, value));
	if (object.type === 'email-message') {
		return ['subject', 'message_id'].flatMap((name) => text(name).map((value) => keyOf('email-message', name, value)));
	}
	if (object.type !== 'file') return [];
	const { hashes } = object;
	const digests = typeof hashes === 'object' && hashes !== null ? Object.values(hashes) : [];
	return [
		...digests.flatMap((digest) => (typeof digest === 'string' ? [keyOf('file', digest.toLowerCase())] : [])),
		...text('name').map((name) => keyOf('file', 'name', name)),
	];
}

/** The things that a term names, each term read once. */
function thingsByTerm(): (term: string) => Thing[] {
	const known = new Map<string, Thing[]>();
	return (term) => {
		const things = known.get(term) ?? thingsOfPattern(`[${term}]`);
		known.set(term, things);
		return things;
	};
}

/** The things that a pattern of one observation is about: any of them is what it finds. None where it says more than that. */
function thingsOfPattern(text: string): Thing[] {
	let pattern: Pattern;
	try {
		pattern = parsePattern(text);
	} catch {
		// A term of another dialect than STIX.
		return [];
	}
	const { expression } = pattern;
	return expression.kind === 'observation' ? (thingsOfComparison(expression.expression) ?? []) : [];
}

function thingsOfComparison(expression: ComparisonExpression): Thing[] | undefined {
	switch (expression.kind) {
		case 'or': {
			const operands = expression.operands.map(thingsOfComparison);
			return operands.every((things) => things !== undefined) ? operands.flat() : undefined;
		}
		case 'comparison': {
			const { negated, operator, path, value } = expression;
			if (negated || operator !== '=' || value.kind !== 'string') return undefined;
			return thingAt(pathText(path), value.value);
		}
		case 'in': {
			const [only, ...others] = expression.values;
			if (expression.negated || only?.kind !== 'string' || others.length > 0) return undefined;
			return thingAt(pathText(expression.path), only.value);
		}
		case 'and':
		case 'exists':
			return undefined;
	}
}

/** Paths of a message that lead to an address. */
const ADDRESS_PATH = /^email-message:(?:from_ref|sender_ref|(?:to|cc|bcc)_refs\[(?:\*|\d+)\])\.value$/;

function thingAt(path: string, value: string): Thing[] | undefined {
	const [type = '', property = ''] = path.split(/:(.*)/s);
	if (ADDRESS_PATH.test(path)) return [valued('email-addr', value)];
	if (VALUED.has(type) && property === 'value') return [valued(type, value)];
	if (type === 'file' && /^hashes\./.test(property)) {
		const hashes = { [property.slice('hashes.'.length)]: value.toLowerCase() };
		return [{ key: keyOf('file', value.toLowerCase()), type, properties: { hashes } }];
	}
	if (type === 'file' && property === 'name')
		return [{ key: keyOf('file', 'name', value), type, properties: { name: value } }];
	if (type === 'email-message' && (property === 'subject' || property === 'message_id')) {
		return [{ key: keyOf(type, property, value), type }];
	}
	return undefined;
}

const valued = (type: string, value: string): Thing => ({ key: valueKey(type, value), type, properties: { value } });

/**
 * The messages that hunts found, as their STIX has them. Without addresses of one's own people, unless they are wanted: who received
 * what is in the sighting and in the description.
 */
export function huntedObjects(
	hunts: readonly HuntFindings[],
	{ ownDomains = [], ownAddresses = false }: Pick<SightingOptions, 'ownDomains' | 'ownAddresses'> = {},
): AnyStixObject[] {
	const objects = [...new Map(hunts.flatMap(({ objects: found = [] }) => found.map((one) => [one.id, one]))).values()];
	if (ownAddresses) return objects;
	const own = ownIds(objects, ownDomains);
	return objects.flatMap((object) => (own.has(object.id) ? [] : (withoutReferences(object, own) ?? [])));
}

/** Ids of addresses in one's own domains; where none are known, of those that received and sent nothing. */
function ownIds(objects: readonly AnyStixObject[], ownDomains: readonly string[]): ReadonlySet<string> {
	const refs = (names: readonly string[]) =>
		new Set(
			objects.flatMap((object) =>
				names.flatMap((name) => (Array.isArray(object[name]) ? (object[name] as unknown[]) : [object[name]])),
			),
		);
	const [received, sent] = [refs(['to_refs', 'cc_refs', 'bcc_refs']), refs(['from_ref', 'sender_ref', 'reply_to_ref'])];
	const addresses = objects.filter(({ type }) => type === 'email-addr');
	const own = addresses.filter(({ id, value }) =>
		ownDomains.length === 0 ? received.has(id) && !sent.has(id) : isOwnAddress(plainText(value), ownDomains),
	);
	return new Set(own.map(({ id }) => id));
}
