import { isIP } from 'node:net';
import { compact, nonEmpty } from '../json';
import { STEP_LIMITS } from '../limits';
import {
	bundleIdOf,
	canonicalJson,
	OWN_NAMESPACE,
	stableUuidV4,
	stixId,
	uuidV5,
	type Bundle,
	type StixObject,
} from '../stix';
import { finish, type Steps } from '../steps';
import { storable } from '../storable';
import { deliveryOf, keyOf, type Delivery, type MicrosoftHuntRow } from './delivery';

/** Options of {@link microsoftRowsToBundle}. */
export interface MicrosoftBundleOptions {
	/**
	 * What of people goes into the bundle. `recipients` (default): who received a message. `clicks`: also who clicked, from where. `none`:
	 * neither, only how many they were.
	 */
	people?: 'none' | 'recipients' | 'clicks' | undefined;
}

/** Name of the identity that all observed-data refer to. */
export const MICROSOFT_365_IDENTITY = { name: 'Microsoft 365', identity_class: 'system' } as const;
/** The identity does not change: its time is that of its definition here. */
const IDENTITY_TIME = '2026-01-01T00:00:00.000Z';

type Properties = Record<string, unknown>;
type Custom = Properties & { type: string; id: string };

/**
 * Rows of a hunt in Microsoft 365 as a STIX bundle: one email-message and one observed-data a message, however many recipients it
 * had: `to_refs` holds those that were found, `number_observed` counts them.
 *
 * `sender_ref` is the envelope's, `from_ref` the header's; `date` is when Microsoft 365 took the message. What no row says is not in
 * the bundle; `is_multipart`, which STIX demands, is false. The same rows give the same bundle, byte for byte.
 */
export function microsoftRowsToBundle(rows: readonly MicrosoftHuntRow[], options: MicrosoftBundleOptions = {}): Bundle {
	return finish(microsoftBundleSteps(rows, options));
}

/** {@link microsoftRowsToBundle}, with places where it may pause. */
export function* microsoftBundleSteps(
	rows: readonly MicrosoftHuntRow[],
	options: MicrosoftBundleOptions = {},
): Steps<Bundle> {
	const { people = 'recipients' } = options;
	const messages = new Map<string, Map<string, Delivery>>();
	for (const [index, row] of rows.entries()) {
		if (index % STEP_LIMITS.objects === 0) yield;
		// Hunts look at the rows as they came.
		const delivery = storable(deliveryOf(row));
		const known = messages.get(delivery.id) ?? new Map<string, Delivery>();
		messages.set(delivery.id, known);
		const key = keyOf(delivery);
		if (!known.has(key)) known.set(key, delivery);
	}
	const identity = identityObject();
	const objects = new Map<string, Custom>([[identity.id, identity]]);
	const files = new Files();
	for (const deliveries of messages.values()) {
		for (const object of observationOf([...deliveries.values()], identity.id, people, files)) {
			if (!objects.has(object.id)) objects.set(object.id, object);
		}
		yield;
	}
	const list = [...objects.values()];
	return { type: 'bundle', id: yield* bundleIdOf(list), objects: list as StixObject[] };
}

function identityObject(): Custom {
	return {
		type: 'identity',
		spec_version: '2.1',
		id: stixId('identity', MICROSOFT_365_IDENTITY),
		created: IDENTITY_TIME,
		modified: IDENTITY_TIME,
		...MICROSOFT_365_IDENTITY,
	};
}

/**
 * Ids of files. STIX makes them of name and hashes; Defender rarely knows the hash, and messages are full of files named `image001.png`. One
 * that says something else than the first of its id has another one, in the form of version 4.
 */
class Files {
	readonly #said = new Map<string, string>();

	idOf(file: Properties): string {
		const id = stixId('file', file);
		const text = canonicalJson(file);
		const said = this.#said.get(id) ?? text;
		this.#said.set(id, said);
		return said === text ? id : `file--${stableUuidV4(text)}`;
	}
}

/** The objects of one message and their observed-data. */
function observationOf(
	deliveries: readonly Delivery[],
	createdBy: string,
	people: NonNullable<MicrosoftBundleOptions['people']>,
	known: Files,
): Custom[] {
	const objects = observablesOf(deliveries, people, known);
	const times = deliveries.map(({ time }) => time).filter((time) => time !== undefined);
	if (times.length === 0) return objects;
	const moment = (time: number) => new Date(time).toISOString();
	const first = moment(times.reduce((a, b) => Math.min(a, b)));
	const observed = {
		first_observed: first,
		last_observed: moment(times.reduce((a, b) => Math.max(a, b))),
		// Message trace may have several rows of one recipient.
		number_observed: new Set(deliveries.map(({ recipient }) => recipient.toLowerCase())).size,
		object_refs: objects.map(({ id }) => id),
	};
	const id = stixId('observed-data', observed);
	const common = {
		type: 'observed-data',
		spec_version: '2.1',
		id,
		created_by_ref: createdBy,
		created: first,
		modified: first,
	};
	return [...objects, { ...common, ...observed }];
}

/** The cyber-observables of a message that was delivered to one or several recipients. */
export function observablesOf(
	deliveries: readonly Delivery[],
	people: NonNullable<MicrosoftBundleOptions['people']> = 'clicks',
	known = new Files(),
): Custom[] {
	const objects = new Map<string, Custom>();
	const add = (type: string, properties: Properties): string => {
		const id = type === 'file' ? known.idOf(properties) : stixId(type, properties);
		if (!objects.has(id)) objects.set(id, { type, spec_version: '2.1', id, ...properties });
		return id;
	};
	const [message] = deliveries as [Delivery];
	const all = <T>(of: (delivery: Delivery) => readonly T[]): T[] | undefined =>
		nonEmpty([...new Set(deliveries.flatMap((delivery) => of(delivery)))]);
	// The address with the name comes first: one address is one object.
	const from = address(message.from, message.displayName);
	const fromRef = from === undefined ? undefined : add('email-addr', from);
	const sender = address(message.sender);
	const recipients = people === 'none' ? [] : deliveries.map(({ recipient }) => address(recipient));
	const times = deliveries.map(({ time }) => time).filter((time) => time !== undefined);
	const [senderIp, ...otherIps] = message.senderIps.flatMap((value) => {
		const family = isIP(value);
		return family === 0 ? [] : [add(family === 4 ? 'ipv4-addr' : 'ipv6-addr', { value })];
	});
	const domains = message.domains.filter(isDomain).map((value) => add('domain-name', { value }));
	const links = all(({ links: own }) => own.map(({ url }) => add('url', { value: url })));
	for (const { domain } of deliveries.flatMap(({ links: own }) => own))
		if (isDomain(domain)) add('domain-name', { value: domain });
	const files = all(({ files: own }) =>
		own
			.filter(({ name, sha256 }) => name !== undefined || sha256 !== undefined)
			.map((file) => add('file', fileOf(file))),
	);
	const clicks = deliveries.flatMap((delivery) => delivery.clicks);
	const properties = compact({
		is_multipart: false,
		from_ref: fromRef,
		sender_ref: sender === undefined ? undefined : add('email-addr', sender),
		to_refs: refs(recipients.map((one) => (one === undefined ? undefined : add('email-addr', one)))),
		subject: message.subject,
		date: times.length === 0 ? undefined : new Date(times.reduce((a, b) => Math.min(a, b))).toISOString(),
		message_id: message.messageId,
		x_network_message_id: message.id,
		x_sender_ip_ref: senderIp,
		x_sender_ip_refs: otherIps.length === 0 ? undefined : [senderIp, ...otherIps],
		x_sender_domain_refs: refs(domains),
		x_direction: message.direction,
		x_delivery_statuses: all(({ statuses }) => statuses),
		x_delivery_actions: all(({ actions }) => actions),
		x_delivery_locations: all(({ locations }) => locations),
		x_latest_delivery_actions: all(({ latestActions }) => latestActions),
		x_latest_delivery_locations: all(({ latestLocations }) => latestLocations),
		x_threat_types: all(({ threatTypes }) => threatTypes),
		x_threat_names: all(({ threatNames }) => threatNames),
		x_authentication: message.authentication,
		x_email_cluster_id: message.cluster,
		x_size: message.size,
		x_destination_ip: message.destinationIp,
		x_url_refs: links,
		x_file_refs: files,
		x_qr_code_urls: all(({ links: own }) => own.filter(isQrCode).map(({ url }) => url)),
		x_click_count: clicks.length === 0 ? undefined : clicks.length,
		x_clicks: people === 'clicks' ? nonEmpty(clicks.filter(saysSomething)) : undefined,
		x_later_actions: nonEmpty(distinct(deliveries.flatMap(({ later }) => later)).filter(saysSomething)),
	});
	const name = canonicalJson({ type: 'email-message', network_message_id: message.id });
	// From, subject and body would make every mail of a campaign the same object; without the three, STIX asks for version 4.
	const isNameless = fromRef === undefined && message.subject === undefined;
	const id = `email-message--${isNameless ? stableUuidV4(name) : uuidV5(OWN_NAMESPACE, name)}`;
	return [...objects.values(), { type: 'email-message', spec_version: '2.1', id, ...properties }];
}

/** STIX has no empty objects; a record of which nothing can be read is one. It is counted all the same. */
const saysSomething = (object: object): boolean => Object.keys(object).length > 0;

const isQrCode = ({ location }: { location?: string }): boolean => /qr ?code/i.test(location ?? '');

const distinct = <T extends object>(list: readonly T[]): T[] => [
	...new Map(list.map((one) => [canonicalJson(one), one])).values(),
];

function address(value: string | undefined, displayName?: string): Properties | undefined {
	if (value === undefined) return undefined;
	return displayName === undefined ? { value } : { value, display_name: displayName };
}

function fileOf({ name, sha256, size }: { name?: string; sha256?: string; size?: number }): Properties {
	return compact({ name, size, hashes: sha256 === undefined ? undefined : { 'SHA-256': sha256 } });
}

/** Whether a text can stand as a domain-name. */
function isDomain(value: string | undefined): value is string {
	return value !== undefined && value.length <= 253 && !/[\s@<>/:\u0000-\u001f]/.test(value);
}

function refs(ids: ReadonlyArray<string | undefined>): string[] | undefined {
	return nonEmpty([...new Set(ids.filter((id) => id !== undefined))]);
}
