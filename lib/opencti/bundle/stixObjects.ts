import { draftFile } from '../container';
import {
	ARTIFACT_IMPORT,
	ATTACK_PATTERN_ADD,
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
} from '../documents';
import { isRecord, plainText } from '../../json';
import { parsePattern, printPattern } from '../../pattern';
import { stixId, type AnyStixObject } from '../../stix';
import { messageText } from './messageText';
import type { Platform } from '../platform';
import { refsIn } from './bundleObjects';
import type { ObjectDescription } from './describeObjects';

/** What an object refers to, by the ids that the platform gave. */
export interface Links {
	/** Platform id of a STIX id; undefined for an object of the bundle that was not imported. Ids from elsewhere stay as they are. */
	idOf: (stixId: unknown) => string | undefined;
	/** createdBy, objectMarking, objectLabel, resolved. */
	common: ObjectInput;
	/** Ids on the platform of what an indicator is based on. */
	basedOn: readonly string[];
	/** What is known of it besides, for what it does not say itself. */
	known: Omit<ObjectDescription, 'labels'>;
}

export interface ObjectKind {
	/** Lower ranks first: nothing is made before what it refers to. */
	rank: number;
	/** Properties with ids of which all must be there for the object to make sense. */
	refersTo: readonly string[];
	/** Those of its properties that the platform may know it by, where they are not the object's own: one set for each of its ids. */
	identities?: (object: AnyStixObject) => object[];
	/** Why the platform cannot have it; undefined when it can. Asked before anything is sent. */
	impossible?: (object: AnyStixObject) => string | undefined;
	create(platform: Platform, object: AnyStixObject, links: Links): Promise<CreatedNode>;
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

function observable(
	entityType: string,
	argument: string,
	read: (object: AnyStixObject) => ObjectInput,
	rest: Pick<ObjectKind, 'identities' | 'impossible'> = {},
): ObjectKind {
	return {
		rank: 1,
		refersTo: [],
		...rest,
		create: async (platform, object, { common, known }) => {
			const said = { ...inOwnWords(known), ...pick(object, same('x_opencti_score', 'x_opencti_description')) };
			const variables = { ...common, ...said, type: entityType, stix_id: object.id, [argument]: read(object) };
			return (await platform.call(OBSERVABLE_ADD, variables)).stixCyberObservableAdd;
		},
	};
}

/** Under the names that the platform gives them for an observable. */
const inOwnWords = ({ score, description }: Links['known']): ObjectInput => ({
	...(score === undefined ? {} : { x_opencti_score: score }),
	...(description === undefined ? {} : { x_opencti_description: description }),
});

const valued = (entityType: string, argument: string) =>
	observable(entityType, argument, (object) => pick(object, same('value')), {
		identities: ({ value }) => [{ value: plainText(value).trim() }],
	});
/** The platform keeps these in lower case. */
const folded = { identities: ({ value }: AnyStixObject) => [{ value: plainText(value).trim().toLowerCase() }] };

const hashesOf = ({ hashes }: AnyStixObject) =>
	typeof hashes === 'object' && hashes !== null
		? { hashes: Object.entries(hashes).map(([algorithm, hash]: [string, unknown]) => ({ algorithm, hash })) }
		: {};

/** The platform takes a file that has any of the hashes for the same one, and keeps them in lower case. */
function fileIdentities({ hashes, name }: AnyStixObject): object[] {
	if (typeof hashes !== 'object' || hashes === null) return [{ name }];
	return Object.entries(hashes).flatMap(([algorithm, hash]: [string, unknown]) =>
		typeof hash === 'string' ? [{ hashes: { [algorithm]: hash.trim().toLowerCase() } }] : [],
	);
}

/** The platform keeps a STIX pattern with its blanks set as ours are. */
function patternIdentities({ pattern, pattern_type }: AnyStixObject): object[] {
	if (typeof pattern !== 'string' || pattern_type !== 'stix') return [{ pattern }];
	try {
		return [{ pattern }, { pattern: printPattern(parsePattern(pattern)) }];
	} catch {
		// What is not a pattern is refused when it is made.
		return [{ pattern }];
	}
}

const IDENTITY_CLASSES: Readonly<Record<string, string>> = {
	individual: 'Individual',
	system: 'System',
	class: 'Sector',
};
const identityClassOf = ({ identity_class }: AnyStixObject) =>
	Object.hasOwn(IDENTITY_CLASSES, plainText(identity_class)) ? plainText(identity_class) : 'organization';

/** ATT&CK's id of a technique: told as the platform does, or by a reference to ATT&CK. */
function techniqueOf({ x_mitre_id, external_references }: AnyStixObject): string | undefined {
	if (typeof x_mitre_id === 'string' && x_mitre_id.trim() !== '') return x_mitre_id.trim();
	const references = Array.isArray(external_references) ? (external_references as unknown[]).filter(isRecord) : [];
	const { external_id: id } = references.find(({ source_name }) => /^mitre-/.test(plainText(source_name))) ?? {};
	return typeof id === 'string' && id.trim() !== '' ? id.trim() : undefined;
}

const DATED = same('confidence', 'lang', 'revoked');

/** How an object of this type is made; undefined for what the platform's API does not take one by one. */
export function kindOf(type: string): ObjectKind | undefined {
	return Object.hasOwn(STIX_OBJECTS, type) ? STIX_OBJECTS[type] : undefined;
}

/** STIX types that the platform's API takes one by one. What is not here is told, not dropped. */
const STIX_OBJECTS: Readonly<Record<string, ObjectKind>> = {
	identity: {
		rank: 0,
		refersTo: [],
		identities: (object) => [{ name: object['name'], identity_class: identityClassOf(object) }],
		create: async (platform, object, { common }) => {
			const { createdBy: _self, ...rest } = common;
			const type = IDENTITY_CLASSES[identityClassOf(object)] ?? 'Organization';
			const input = {
				...rest,
				...pick(object, { ...DATED, ...same('name', 'description') }),
				type,
				stix_id: object.id,
			};
			return (await platform.call(IDENTITY_OBJECT_ADD, { input })).identityAdd;
		},
	},
	'ipv4-addr': valued('IPv4-Addr', 'IPv4Addr'),
	'ipv6-addr': valued('IPv6-Addr', 'IPv6Addr'),
	'domain-name': { ...valued('Domain-Name', 'DomainName'), ...folded },
	url: valued('Url', 'Url'),
	'mac-addr': valued('Mac-Addr', 'MacAddr'),
	hostname: valued('Hostname', 'Hostname'),
	'phone-number': valued('Phone-Number', 'PhoneNumber'),
	'cryptocurrency-wallet': valued('Cryptocurrency-Wallet', 'CryptocurrencyWallet'),
	'user-agent': valued('User-Agent', 'UserAgent'),
	'email-addr': observable('Email-Addr', 'EmailAddr', (object) => pick(object, same('value', 'display_name')), folded),
	'autonomous-system': observable('Autonomous-System', 'AutonomousSystem', (object) =>
		pick(object, same('number', 'name', 'rir')),
	),
	'user-account': observable('User-Account', 'UserAccount', (object) =>
		pick(object, {
			...same('user_id', 'account_login', 'account_type', 'display_name', 'is_service_account', 'is_privileged'),
			...same('can_escalate_privs', 'is_disabled', 'account_created', 'account_expires', 'credential_last_changed'),
			...same('account_first_login', 'account_last_login'),
		}),
	),
	'windows-registry-key': observable(
		'Windows-Registry-Key',
		'WindowsRegistryKey',
		(object) => pick(object, { key: 'attribute_key', ...same('modified_time', 'number_of_subkeys') }),
		// Its values are objects of their own there, which no call takes.
		{ identities: ({ key }) => [{ key }] },
	),
	mutex: observable('Mutex', 'Mutex', (object) => pick(object, same('name'))),
	directory: observable('Directory', 'Directory', (object) =>
		pick(object, same('path', 'path_enc', 'ctime', 'mtime', 'atime')),
	),
	software: observable(
		'Software',
		'Software',
		(object) => pick(object, same('name', 'cpe', 'swid', 'languages', 'vendor', 'version')),
		{ identities: (object) => [{ ...object, name: plainText(object['name']).trim().toLowerCase() }] },
	),
	file: observable(
		'StixFile',
		'StixFile',
		(object) => ({ ...pick(object, same('name', 'size', 'mime_type')), ...hashesOf(object) }),
		{ identities: fileIdentities },
	),
	artifact: {
		rank: 1,
		refersTo: [],
		identities: fileIdentities,
		impossible: ({ payload_bin }) =>
			typeof payload_bin === 'string' && payload_bin !== ''
				? undefined
				: 'The platform stores an artifact by its bytes, which the bundle does not contain.',
		create: async (platform, object, { common, known }) => {
			const { x_opencti_score: _score, ...said } = inOwnWords(known);
			const content = Buffer.from(plainText(object['payload_bin']), 'base64');
			const contentType = typeof object['mime_type'] === 'string' ? object['mime_type'] : 'application/octet-stream';
			const { name } = draftFile({ content, contentType, title: 'artifact' });
			const variables = { ...common, ...said, ...pick(object, same('x_opencti_description')), file: null };
			return (await platform.call(ARTIFACT_IMPORT, variables, { name, contentType, content })).artifactImport;
		},
	},
	'email-message': observable(
		'Email-Message',
		'EmailMessage',
		(object) => {
			const body = messageText(object);
			return {
				...pick(object, {
					...same('is_multipart', 'content_type', 'message_id', 'subject', 'received_lines'),
					date: 'attribute_date',
				}),
				...(body === undefined ? {} : { body }),
			};
		},
		{
			// The sender is part of the platform's rule, but no call can give it when the message is made.
			identities: (object) => {
				const { subject } = object;
				const body = messageText(object);
				// Newer platforms keep the subject without blanks at its ends, older ones as it is.
				return [...new Set([subject, typeof subject === 'string' ? subject.trim() : subject])].map((text) => ({
					subject: text,
					body,
				}));
			},
			impossible: (object) =>
				!object['subject'] && messageText(object) === undefined
					? 'The platform does not store a message without a subject and a text.'
					: undefined,
		},
	),
	vulnerability: {
		rank: 2,
		refersTo: [],
		create: async (platform, object, { common }) => {
			const input = { ...common, ...pick(object, { ...DATED, ...same('name', 'description') }), stix_id: object.id };
			return (await platform.call(VULNERABILITY_ADD, { input })).vulnerabilityAdd;
		},
	},
	'attack-pattern': {
		rank: 2,
		refersTo: [],
		// By its ATT&CK id where it has one, else by its name; one that was made without the id is known by the name.
		identities: (object) => {
			const id = techniqueOf(object);
			return [...(id === undefined ? [] : [{ x_mitre_id: id }]), { name: object['name'] }];
		},
		create: async (platform, object, { common }) => {
			const id = techniqueOf(object);
			const input = {
				...common,
				...pick(object, { ...DATED, ...same('name', 'description', 'aliases') }),
				...(id === undefined ? {} : { x_mitre_id: id }),
				stix_id: object.id,
			};
			return (await platform.call(ATTACK_PATTERN_ADD, { input })).attackPatternAdd;
		},
	},
	indicator: {
		rank: 2,
		refersTo: [],
		identities: patternIdentities,
		create: async (platform, object, { common, basedOn, known: { score } }) => {
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
				...(score === undefined ? {} : { x_opencti_score: score }),
				...pick(object, { ...DATED, ...properties, ...same('x_opencti_main_observable_type', 'x_opencti_score') }),
				name: object['name'] ?? object['pattern'],
				...mainObservable(object),
				...(basedOn.length === 0 ? {} : { basedOn }),
				stix_id: object.id,
			};
			return (await platform.call(INDICATOR_ADD, { input })).indicatorAdd;
		},
	},
	'observed-data': {
		rank: 3,
		refersTo: ['object_refs'],
		create: async (platform, object, { common, idOf }) => {
			const objects = refsIn(object, 'object_refs').flatMap((id) => idOf(id) ?? []);
			const properties = { ...DATED, ...same('first_observed', 'last_observed', 'number_observed') };
			const input = { ...common, ...pick(object, properties), objects, stix_id: object.id };
			return (await platform.call(OBSERVED_DATA_ADD, { input })).observedDataAdd;
		},
	},
	note: {
		rank: 5,
		refersTo: ['object_refs'],
		create: async (platform, object, { common, idOf }) => {
			const objects = refsIn(object, 'object_refs').flatMap((id) => idOf(id) ?? []);
			const properties = { ...DATED, ...same('content', 'created'), abstract: 'attribute_abstract' };
			const input = { ...common, ...pick(object, properties), objects, stix_id: object.id };
			return (await platform.call(NOTE_ADD, { input })).noteAdd;
		},
	},
	relationship: {
		rank: 4,
		refersTo: ['source_ref', 'target_ref'],
		create: async (platform, object, { common, idOf }) => {
			const properties = { ...DATED, ...same('relationship_type', 'description', 'start_time', 'stop_time') };
			const ends = { fromId: idOf(object['source_ref']), toId: idOf(object['target_ref']) };
			const input = { ...common, ...pick(object, properties), ...ends, stix_id: object.id };
			return (await platform.call(RELATIONSHIP_ADD, { input })).stixCoreRelationshipAdd;
		},
	},
	sighting: {
		rank: 4,
		refersTo: ['sighting_of_ref', 'where_sighted_refs'],
		create: async (platform, object, { common, idOf }) => {
			const [where] = refsIn(object, 'where_sighted_refs');
			const properties = { ...DATED, ...same('description', 'first_seen', 'last_seen') };
			const input = {
				...common,
				...pick(object, properties),
				fromId: idOf(object['sighting_of_ref']),
				toId: idOf(where),
				attribute_count: object['count'] ?? 1,
				stix_id: object.id,
			};
			return (await platform.call(SIGHTING_ADD, { input })).stixSightingRelationshipAdd;
		},
	},
};

/**
 * The ids under which the platform may have an object: its own, and those that the platform would compute of what is sent.
 * `standardIdOf` gives the platform's id of what it refers to.
 */
export function idsOf(object: AnyStixObject, standardIdOf: (stixId: string) => string | undefined): string[] {
	const kind = kindOf(object.type);
	if (kind === undefined) return [object.id];
	const refs: Record<string, unknown> = {};
	for (const property of kind.refersTo) {
		const ids = refsIn(object, property).flatMap((id) => standardIdOf(id) ?? []);
		// Of the places of a sighting the platform takes one.
		const taken = property === 'where_sighted_refs' ? ids.slice(0, 1) : ids;
		refs[property] = property.endsWith('_refs') ? taken : taken[0];
	}
	const computed = (kind.identities?.(object) ?? [object]).flatMap((properties) => {
		try {
			return [stixId(object.type, { ...properties, ...refs }, { fileIdentity: 'opencti' })];
		} catch {
			// What has no canonical form is told when it is made.
			return [];
		}
	});
	return [...new Set([object.id, ...computed])];
}

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
	'user-account': 'User-Account',
	'windows-registry-key': 'Windows-Registry-Key',
	'phone-number': 'Phone-Number',
	'cryptocurrency-wallet': 'Cryptocurrency-Wallet',
};

/** The platform filters its list of indicators by this type and does not derive it. */
function mainObservable(object: AnyStixObject): ObjectInput {
	if (object['x_opencti_main_observable_type'] !== undefined) return {};
	const first = /\[\s*(?:\(\s*)?([a-z0-9-]{1,50}):/.exec(plainText(object['pattern']))?.[1] ?? '';
	const type = Object.hasOwn(OBSERVABLE_OF_PATTERN, first) ? OBSERVABLE_OF_PATTERN[first] : undefined;
	return type === undefined ? {} : { x_opencti_main_observable_type: type };
}
