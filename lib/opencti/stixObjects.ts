import {
	IDENTITY_OBJECT_ADD,
	INDICATOR_ADD,
	NOTE_ADD,
	OBSERVABLE_ADD,
	OBSERVED_DATA_ADD,
	RELATIONSHIP_ADD,
	SIGHTING_ADD,
	VULNERABILITY_ADD,
	type CreatedNode,
	type ObjectInput,
} from './documents';
import type { Session } from './session';

/** A STIX object of any origin. */
export interface AnyStixObject {
	type: string;
	id: string;
	[property: string]: unknown;
}

/** What an object refers to, by the ids that the platform gave. */
export interface Links {
	/** Platform id of a STIX id; undefined for an object of the bundle that was not imported. Ids from elsewhere stay as they are. */
	idOf: (stixId: unknown) => string | undefined;
	/** createdBy, objectMarking, objectLabel, resolved. */
	common: ObjectInput;
}

interface ObjectKind {
	/** Lower ranks first: nothing is made before what it refers to. */
	rank: number;
	/** Properties with ids of which all must be there for the object to make sense. */
	refersTo: readonly string[];
	create(session: Session, object: AnyStixObject, links: Links): Promise<CreatedNode>;
}

/** Values that are there, under the platform's names. */
function pick(object: AnyStixObject, names: Readonly<Record<string, string>>): ObjectInput {
	const picked: ObjectInput = {};
	for (const [property, name] of Object.entries(names)) {
		if (object[property] !== undefined) picked[name] = object[property];
	}
	return picked;
}

const same = (...properties: string[]) => Object.fromEntries(properties.map((property) => [property, property]));

function observable(entityType: string, argument: string, read: (object: AnyStixObject) => ObjectInput): ObjectKind {
	return {
		rank: 1,
		refersTo: [],
		create: async (session, object, { common }) => {
			const variables = { ...common, type: entityType, stix_id: object.id, [argument]: read(object) };
			return (await session.call(OBSERVABLE_ADD, variables)).stixCyberObservableAdd;
		},
	};
}

const valued = (entityType: string, argument: string) =>
	observable(entityType, argument, (object) => pick(object, same('value')));

const hashesOf = (object: AnyStixObject) =>
	object['hashes'] === undefined
		? {}
		: {
				hashes: Object.entries(object['hashes'] as Record<string, string>).map(([algorithm, hash]) => ({
					algorithm,
					hash,
				})),
			};

const IDENTITY_CLASSES: Record<string, string> = { individual: 'Individual', system: 'System', class: 'Sector' };
const DATED = same('confidence', 'lang', 'revoked');

/** STIX types that the platform's API takes one by one. What is not here is told, not dropped. */
export const STIX_OBJECTS: Readonly<Record<string, ObjectKind>> = {
	identity: {
		rank: 0,
		refersTo: [],
		create: async (session, object, { common }) => {
			const { createdBy: _self, ...rest } = common;
			const type = IDENTITY_CLASSES[String(object['identity_class'])] ?? 'Organization';
			const input = {
				...rest,
				...pick(object, { ...DATED, ...same('name', 'description') }),
				type,
				stix_id: object.id,
			};
			return (await session.call(IDENTITY_OBJECT_ADD, { input })).identityAdd;
		},
	},
	'ipv4-addr': valued('IPv4-Addr', 'IPv4Addr'),
	'ipv6-addr': valued('IPv6-Addr', 'IPv6Addr'),
	'domain-name': valued('Domain-Name', 'DomainName'),
	url: valued('Url', 'Url'),
	'mac-addr': valued('Mac-Addr', 'MacAddr'),
	hostname: valued('Hostname', 'Hostname'),
	'phone-number': valued('Phone-Number', 'PhoneNumber'),
	'cryptocurrency-wallet': valued('Cryptocurrency-Wallet', 'CryptocurrencyWallet'),
	'user-agent': valued('User-Agent', 'UserAgent'),
	'email-addr': observable('Email-Addr', 'EmailAddr', (object) => pick(object, same('value', 'display_name'))),
	'autonomous-system': observable('Autonomous-System', 'AutonomousSystem', (object) =>
		pick(object, same('number', 'name', 'rir')),
	),
	file: observable('StixFile', 'StixFile', (object) => ({
		...pick(object, same('name', 'size', 'mime_type')),
		...hashesOf(object),
	})),
	'email-message': observable('Email-Message', 'EmailMessage', (object) =>
		pick(object, {
			...same('is_multipart', 'content_type', 'message_id', 'subject', 'received_lines', 'body'),
			date: 'attribute_date',
		}),
	),
	vulnerability: {
		rank: 2,
		refersTo: [],
		create: async (session, object, { common }) => {
			const input = { ...common, ...pick(object, { ...DATED, ...same('name', 'description') }), stix_id: object.id };
			return (await session.call(VULNERABILITY_ADD, { input })).vulnerabilityAdd;
		},
	},
	indicator: {
		rank: 2,
		refersTo: [],
		create: async (session, object, { common }) => {
			const properties = same(
				'pattern',
				'pattern_type',
				'pattern_version',
				'description',
				'indicator_types',
				'valid_from',
				'valid_until',
			);
			const input = {
				...common,
				...pick(object, { ...DATED, ...properties, ...same('x_opencti_main_observable_type', 'x_opencti_score') }),
				name: object['name'] ?? object['pattern'],
				...mainObservable(object),
				stix_id: object.id,
			};
			return (await session.call(INDICATOR_ADD, { input })).indicatorAdd;
		},
	},
	'observed-data': {
		rank: 3,
		refersTo: ['object_refs'],
		create: async (session, object, { common, idOf }) => {
			const objects = (object['object_refs'] as string[]).flatMap((id) => idOf(id) ?? []);
			const properties = { ...DATED, ...same('first_observed', 'last_observed', 'number_observed') };
			const input = { ...common, ...pick(object, properties), objects, stix_id: object.id };
			return (await session.call(OBSERVED_DATA_ADD, { input })).observedDataAdd;
		},
	},
	note: {
		rank: 5,
		refersTo: ['object_refs'],
		create: async (session, object, { common, idOf }) => {
			const objects = (object['object_refs'] as string[]).flatMap((id) => idOf(id) ?? []);
			const properties = { ...DATED, ...same('content', 'created'), abstract: 'attribute_abstract' };
			const input = { ...common, ...pick(object, properties), objects, stix_id: object.id };
			return (await session.call(NOTE_ADD, { input })).noteAdd;
		},
	},
	relationship: {
		rank: 4,
		refersTo: ['source_ref', 'target_ref'],
		create: async (session, object, { common, idOf }) => {
			const properties = { ...DATED, ...same('relationship_type', 'description', 'start_time', 'stop_time') };
			const ends = { fromId: idOf(object['source_ref']), toId: idOf(object['target_ref']) };
			const input = { ...common, ...pick(object, properties), ...ends, stix_id: object.id };
			return (await session.call(RELATIONSHIP_ADD, { input })).stixCoreRelationshipAdd;
		},
	},
	sighting: {
		rank: 4,
		refersTo: ['sighting_of_ref', 'where_sighted_refs'],
		create: async (session, object, { common, idOf }) => {
			const [where] = object['where_sighted_refs'] as string[];
			const properties = { ...DATED, ...same('description', 'first_seen', 'last_seen') };
			const input = {
				...common,
				...pick(object, properties),
				fromId: idOf(object['sighting_of_ref']),
				toId: idOf(where),
				attribute_count: object['count'] ?? 1,
				stix_id: object.id,
			};
			return (await session.call(SIGHTING_ADD, { input })).stixSightingRelationshipAdd;
		},
	},
};

const OBSERVABLE_OF_PATTERN: Record<string, string> = {
	'ipv4-addr': 'IPv4-Addr',
	'ipv6-addr': 'IPv6-Addr',
	'domain-name': 'Domain-Name',
	url: 'Url',
	'email-addr': 'Email-Addr',
	'email-message': 'Email-Message',
	file: 'StixFile',
	'mac-addr': 'Mac-Addr',
	'autonomous-system': 'Autonomous-System',
};

/** The platform filters its list of indicators by this type and does not derive it. */
function mainObservable(object: AnyStixObject): ObjectInput {
	if (object['x_opencti_main_observable_type'] !== undefined) return {};
	const first = /\[\s*(?:\(\s*)?([a-z0-9-]{1,50}):/.exec(String(object['pattern']))?.[1] ?? '';
	const type = OBSERVABLE_OF_PATTERN[first];
	return type === undefined ? {} : { x_opencti_main_observable_type: type };
}
