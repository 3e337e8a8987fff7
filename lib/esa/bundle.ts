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
import { bundle20, type Bundle20 } from './bundle20';
import { isRepeated } from './repeated';
import { addressOf, fromOf, isDomain, keysOf, readRow, type EsaRow, type TrackedMessage } from './row';

/** Options of {@link esaRowsToBundle}. */
export interface EsaBundleOptions {
	/** Default 2.1. 2.0 has stix-shifter's shape: `objects` inside observed-data, keys from "0". */
	stixVersion?: '2.1' | '2.0' | undefined;
	/**
	 * Whether the custom types `x-cisco-email-msgevent` and `x-oca-asset` are written (2.1). Default true.
	 * False for platforms that refuse types which they do not know.
	 */
	customObjects?: boolean | undefined;
}

/** Name of the identity that all observed-data refer to. */
export const ESA_IDENTITY = { name: 'Cisco Secure Email', identity_class: 'system' } as const;
/** The identity does not change: its time is that of its definition here. */
const IDENTITY_TIME = '2024-01-01T00:00:00.000Z';

type Properties = Record<string, unknown>;
type Custom = Properties & { type: string; id: string };

/**
 * Message-tracking rows as a STIX bundle: one observed-data a row, in the order of the rows, each row once.
 *
 * One `email-message` a MID, so that every MID, status and Message-ID has its place; the first refers to the others.
 * `sender_ref` and `to_refs` are the envelope's, `from_ref` the header's; `date` is when the appliance took the message,
 * in UTC with seconds. Of a row with very many MIDs and recipients only the first message says what all of them share.
 * What the row does not say is not in the bundle; `is_multipart`, which STIX demands and no row
 * tells, is false. A row without a readable time gives its observables without observed-data, which must have one.
 * The same rows give the same bundle, byte for byte.
 */
export function esaRowsToBundle(rows: readonly EsaRow[], options: EsaBundleOptions & { stixVersion: '2.0' }): Bundle20;
export function esaRowsToBundle(rows: readonly EsaRow[], options?: EsaBundleOptions & { stixVersion?: '2.1' }): Bundle;
export function esaRowsToBundle(rows: readonly EsaRow[], options?: EsaBundleOptions): Bundle | Bundle20;
export function esaRowsToBundle(rows: readonly EsaRow[], options: EsaBundleOptions = {}): Bundle | Bundle20 {
	return finish(esaBundleSteps(rows, options));
}

/** {@link esaRowsToBundle}, with places where it may pause. */
export function* esaBundleSteps(rows: readonly EsaRow[], options: EsaBundleOptions = {}): Steps<Bundle | Bundle20> {
	const messages: TrackedMessage[] = [];
	for (const row of onlyOnce(rows)) {
		// Hunts look at the rows as the appliance wrote them.
		messages.push(storable(readRow(row)));
		if (messages.length % STEP_LIMITS.objects === 0) yield;
	}
	const identity = identityObject();
	if (options.stixVersion === '2.0') return yield* bundle20(messages, identity);
	const objects = new Map<string, Custom>([[identity.id, identity]]);
	for (const message of messages) {
		for (const object of observationOf(message, identity.id, options.customObjects ?? true)) {
			if (!objects.has(object.id)) objects.set(object.id, object);
		}
		yield;
	}
	const list = [...objects.values()];
	return { type: 'bundle', id: yield* bundleIdOf(list), objects: list as StixObject[] };
}

function onlyOnce(rows: readonly EsaRow[]): EsaRow[] {
	const seen = new Set<string>();
	return rows.filter((row) => {
		const keys = keysOf(row);
		const known = keys.every((key) => seen.has(key));
		for (const key of keys) seen.add(key);
		return !known;
	});
}

function identityObject(): Custom {
	return {
		type: 'identity',
		spec_version: '2.1',
		id: stixId('identity', ESA_IDENTITY),
		created: IDENTITY_TIME,
		modified: IDENTITY_TIME,
		...ESA_IDENTITY,
	};
}

/** An observable whose id the standard's rule gives. */
function observable(type: string, properties: Properties): Custom {
	return { type, spec_version: '2.1', id: stixId(type, properties), ...properties };
}

/** The objects of one row and their observed-data. */
function observationOf(message: TrackedMessage, createdBy: string, customObjects: boolean): Custom[] {
	const objects = observablesOf(message, customObjects);
	const { time } = message;
	if (time === undefined || objects.length === 0) return objects;
	const moment = new Date(time).toISOString();
	const observed = {
		first_observed: moment,
		last_observed: moment,
		number_observed: 1,
		object_refs: objects.map(({ id }) => id),
	};
	const id = stixId('observed-data', observed);
	const common = {
		type: 'observed-data',
		spec_version: '2.1',
		id,
		created_by_ref: createdBy,
		created: moment,
		modified: moment,
	};
	return [...objects, { ...common, ...observed }];
}

/** The cyber-observables of one row. */
export function observablesOf(message: TrackedMessage, customObjects = true): Custom[] {
	const objects = new Map<string, Custom>();
	const add = (object: Custom): string => {
		if (!objects.has(object.id)) objects.set(object.id, object);
		return object.id;
	};
	const address = (raw: string | undefined): string | undefined => {
		const value = addressOf(raw);
		return value === undefined ? undefined : add(observable('email-addr', { value }));
	};
	const custom = (type: string, properties: Properties): string | undefined =>
		customObjects ? add(observable(type, properties)) : undefined;

	const shared = compact({
		from_ref: address(fromOf(message)),
		sender_ref: address(message.sender),
		subject: message.subject,
		date: message.time === undefined ? undefined : new Date(message.time).toISOString(),
		x_cisco_icid: message.icid,
		x_serial_number: message.serialNumber,
		x_sender_group: message.senderGroup,
		x_sender_ip_ref: ipObject(message.senderIp, add),
		x_sender_domain_ref: domainObject(message.senderDomain, add),
		x_cisco_host_ref:
			message.hostName === undefined ? undefined : custom('x-oca-asset', { hostname: message.hostName }),
		x_friendly_from: differing(message.from, [fromOf(message)]),
		x_envelope_sender: differing(message.sender === undefined ? [] : [message.sender], [
			addressOf(message.sender),
		])?.[0],
		x_from_refs: message.from.length > 1 ? refs(message.from.map(address)) : undefined,
	});
	const replyToRef = address(message.replyTo);
	const event = compact({
		direction: message.direction,
		mail_policy: nonEmpty(message.mailPolicies),
		reply_to: message.replyTo,
		reply_to_ref: replyToRef,
		sbrs_score: message.sbrs,
		x_rejected: message.rejected,
	});
	if (message.rejected === undefined) {
		for (const object of messageObjects(message, shared, event, address, custom)) add(object);
	} else {
		custom(
			'x-cisco-email-msgevent',
			compact({ message_status: message.status, ...event, x_sender_ip_ref: shared.x_sender_ip_ref }),
		);
	}
	return [...objects.values()];
}

/** One email-message a MID; the first one refers to the others. What all share stands in each of them, or only in the first. */
function messageObjects(
	message: TrackedMessage,
	shared: Properties,
	event: Properties,
	address: (raw: string) => string | undefined,
	custom: (type: string, properties: Properties) => string | undefined,
): Custom[] {
	const mids: Array<number | undefined> = message.mids.length > 0 ? message.mids : [undefined];
	const isNameless = shared.from_ref === undefined && shared.subject === undefined;
	const ids = mids.map((mid) => messageId(message, mid, isNameless));
	const all = {
		...shared,
		...compact({
			to_refs: refs(message.recipients.map(address)),
			x_envelope_recipients: differing(message.recipients, message.recipients.map(addressOf)),
		}),
	};
	const repeated = isRepeated(mids.length, [all, event]) ? { all, event } : { all: { date: shared.date }, event: {} };
	return mids.map((mid, index) => {
		const said = index === 0 ? { all, event } : repeated;
		const own = mid === undefined ? undefined : message.statuses.get(mid);
		const status = own ?? (index === 0 && message.statuses.size === 0 ? message.status : undefined);
		const isEvent = status !== undefined || (index === 0 && Object.keys(event).length > 0);
		const properties = compact({
			message_status: status,
			x_cisco_mid: mid,
			x_serial_number: message.serialNumber,
			...said.event,
		});
		const recipients = mid === undefined ? undefined : message.recipientsByMid.get(mid);
		const header = mid === undefined ? undefined : message.messageIds.get(mid);
		const finalSubject = mid === undefined ? undefined : message.finalSubjects.get(mid);
		return {
			type: 'email-message',
			spec_version: '2.1',
			id: ids[index] as string,
			is_multipart: false,
			...compact(said.all),
			...compact({
				message_id: header,
				x_message_id_header: header,
				x_cisco_mid: mid,
				x_final_subject: finalSubject === message.subject || finalSubject === '(No Subject)' ? undefined : finalSubject,
				// Whom this copy went to, when that is not everybody.
				x_recipients_of_mid:
					recipients && recipients.length < message.recipients.length ? nonEmpty(recipients) : undefined,
				x_msgevent_ref: isEvent ? custom('x-cisco-email-msgevent', properties) : undefined,
				x_splintered_refs: index === 0 ? nonEmpty(ids.slice(1)) : undefined,
			}),
		};
	});
}

/**
 * From, subject and body name an email-message in STIX 2.1 section 2.9, so that every mail of a campaign would be the same
 * object; a MID on an appliance at a time is one message. A row that shows none of the three has ids in the form of version 4, which
 * the same section asks for then.
 */
function messageId(message: TrackedMessage, mid: number | undefined, isNameless: boolean): string {
	const { serialNumber, time } = message;
	const name = mid === undefined ? { ...message, ...maps(message) } : compact({ serialNumber, mid, time });
	const text = canonicalJson({ type: 'email-message', ...name });
	return `email-message--${isNameless ? stableUuidV4(text) : uuidV5(OWN_NAMESPACE, text)}`;
}

function maps({ recipientsByMid, finalSubjects, messageIds, statuses }: TrackedMessage): Properties {
	const all = { recipientsByMid, finalSubjects, messageIds, statuses };
	return Object.fromEntries(Object.entries(all).map(([name, map]) => [name, Object.fromEntries(map)]));
}

function ipObject(value: string | undefined, add: (object: Custom) => string): string | undefined {
	const family = value === undefined ? 0 : isIP(value);
	return family === 0 ? undefined : add(observable(family === 4 ? 'ipv4-addr' : 'ipv6-addr', { value }));
}

function domainObject(value: string | undefined, add: (object: Custom) => string): string | undefined {
	return isDomain(value) ? add(observable('domain-name', { value })) : undefined;
}

/** The raw texts, when the references do not say the same. */
function differing(raw: readonly string[], said: ReadonlyArray<string | undefined>): string[] | undefined {
	return raw.some((one, index) => one !== said[index]) ? [...raw] : undefined;
}

function refs(ids: ReadonlyArray<string | undefined>): string[] | undefined {
	return nonEmpty([...new Set(ids.filter((id) => id !== undefined))]);
}
