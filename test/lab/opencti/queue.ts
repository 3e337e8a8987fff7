import type { GraphQLError } from 'graphql';
import { addReference, isReference } from './messageReferences';
import { found, refusal, writable, type Context } from './platform';
import type { Row } from './store';

type Mutations = Record<string, (args: Row, context: Context) => unknown>;

/** Observables by their STIX type: the platform's type, and the argument that takes its values. */
const OBSERVABLES: Readonly<Record<string, [type: string, argument: string]>> = {
	'ipv4-addr': ['IPv4-Addr', 'IPv4Addr'],
	'ipv6-addr': ['IPv6-Addr', 'IPv6Addr'],
	'domain-name': ['Domain-Name', 'DomainName'],
	url: ['Url', 'Url'],
	'email-addr': ['Email-Addr', 'EmailAddr'],
	'email-message': ['Email-Message', 'EmailMessage'],
	file: ['StixFile', 'StixFile'],
	artifact: ['Artifact', 'Artifact'],
	'mac-addr': ['Mac-Addr', 'MacAddr'],
	hostname: ['Hostname', 'Hostname'],
	'phone-number': ['Phone-Number', 'PhoneNumber'],
	'cryptocurrency-wallet': ['Cryptocurrency-Wallet', 'CryptocurrencyWallet'],
	'user-agent': ['User-Agent', 'UserAgent'],
	'autonomous-system': ['Autonomous-System', 'AutonomousSystem'],
	'user-account': ['User-Account', 'UserAccount'],
	'windows-registry-key': ['Windows-Registry-Key', 'WindowsRegistryKey'],
};

/** References that have arguments of their own at the creation. */
const CREATED_WITH = new Set(['created_by_ref', 'object_marking_refs', 'object_refs', 'source_ref', 'target_ref']);
const SIGHTED_WITH = ['sighting_of_ref', 'where_sighted_refs'];

/**
 * A bundle as the platform's worker imports it (pycti 7.260817, and seen on the platform): what is there is written again, every key
 * that ends in `_ref` or `_refs` is taken for a reference of the platform. Gives the errors, as the work shows them.
 */
export function importBundle(context: Context, bundle: Row, mutations: Mutations): string[] {
	const errors: string[] = [];
	const objects = bundle['objects'] as Row[];
	const markings = new Set(objects.filter(({ type }) => type === 'marking-definition').map(({ id }) => String(id)));
	for (const object of inOrder(objects)) {
		try {
			importObject(context, object, mutations, markings);
		} catch (error) {
			errors.push((error as GraphQLError).message);
		}
	}
	return errors;
}

function importObject(context: Context, object: Row, mutations: Mutations, defined: ReadonlySet<string>): void {
	const { type } = object;
	const run = (name: string, args: Row) => mutations[name]!(args, context);
	if (type === 'marking-definition') {
		// A connector's user may not make markings: one red line in the work, and the rest goes on. Seen on 7.260817.0.
		throw refusal('FORBIDDEN_ACCESS', 'You are not allowed to do this.');
	}
	// Its own name for labels is read where STIX' own is missing (`extract_embedded_relationships` of pycti).
	const labels = ((object['labels'] ?? object['x_opencti_labels']) as string[] | undefined) ?? [];
	for (const value of labels) run('labelAdd', { input: { value } });
	const references = ((object['external_references'] as Row[] | undefined) ?? []).map(
		({ source_name, external_id, url }) =>
			(run('externalReferenceAdd', { input: { source_name, external_id, url } }) as { id: string }).id,
	);
	const common: Row = {
		stix_id: object['id'],
		createdBy: object['created_by_ref'],
		// A definition of its own makes no difference: the platform knows the marking by its id or drops it.
		objectMarking: ((object['object_marking_refs'] as string[] | undefined) ?? []).filter(
			(id) => found(context, id) !== undefined || !defined.has(id),
		),
		objectLabel: labels,
		externalReferences: references,
	};
	const observable = OBSERVABLES[String(type)];
	if (observable !== undefined) {
		const [entityType, argument] = observable;
		const values: Row = { ...object, attribute_date: object['date'], attribute_key: object['key'] };
		if (typeof object['hashes'] === 'object')
			values['hashes'] = Object.entries(object['hashes'] as Row).map(([algorithm, hash]) => ({
				algorithm,
				hash: hash as unknown,
			}));
		for (const name of ['id', 'type', 'labels', 'external_references', 'date', 'payload_bin', 'x_opencti_labels'])
			delete values[name];
		for (const name of Object.keys(values)) if (/_refs?$/.test(name)) delete values[name];
		const own = {
			x_opencti_score: object['x_opencti_score'] as number | undefined,
			x_opencti_description: object['x_opencti_description'] as string | undefined,
		};
		run('stixCyberObservableAdd', { ...common, ...own, type: entityType, [argument]: values });
		return linkAll(context, object);
	}
	const input: Row = { ...object, ...common };
	for (const name of ['id', 'type', 'labels', 'external_references']) delete input[name];
	switch (type) {
		case 'identity':
			return void run('identityAdd', { input: { ...input, type: identityType(object['identity_class']) } });
		case 'vulnerability':
			return void run('vulnerabilityAdd', { input });
		case 'attack-pattern':
			return void run('attackPatternAdd', { input: { ...input, x_mitre_id: object['x_mitre_id'] ?? mitreId(object) } });
		case 'indicator':
			return void run('indicatorAdd', { input });
		case 'observed-data':
			return void run('observedDataAdd', { input: { ...input, objects: object['object_refs'] } });
		case 'note':
			return void run('noteAdd', {
				input: { ...input, attribute_abstract: object['abstract'], objects: object['object_refs'] },
			});
		case 'report': {
			const objects = ((object['object_refs'] as string[] | undefined) ?? []).filter((id) => found(context, id));
			const { id } = run('reportAdd', {
				input: { ...input, content: object['x_opencti_content'], objects },
			}) as { id: string };
			return storeFiles(context, id, (object['x_opencti_files'] as Row[] | undefined) ?? []);
		}
		case 'relationship':
			return void run('stixCoreRelationshipAdd', {
				input: { ...input, fromId: object['source_ref'], toId: object['target_ref'] },
			});
		case 'sighting':
			for (const toId of (object['where_sighted_refs'] as string[]) ?? [])
				run('stixSightingRelationshipAdd', {
					input: { ...input, fromId: object['sighting_of_ref'], toId, attribute_count: object['count'] ?? 1 },
				});
			return;
		default:
			// What the platform has no type for is left out before the import, without a word.
			return;
	}
}

function storeFiles(context: Context, id: string, files: readonly Row[]): void {
	const entity = writable(context, found(context, id)!);
	for (const { name, data, object_marking_refs: marked } of files) {
		if (typeof data !== 'string') continue;
		const markings = ((marked as string[] | undefined) ?? []).flatMap((ref) => found(context, ref)?.id ?? []);
		const file = context.store.putFile(
			`import/${entity.type}/${id}`,
			String(name),
			Buffer.from(data, 'base64'),
			markings.length > 0 ? markings : entity.markings,
			id,
		);
		if (!entity.files.includes(file.id)) entity.files.push(file.id);
	}
}

/** One after the other, in the order of the object's keys; the first that is none ends the others. */
function linkAll(context: Context, object: Row): void {
	const from = found(context, object['id'])!;
	for (const [key, value] of Object.entries(object)) {
		if (!/_refs?$/.test(key) || CREATED_WITH.has(key) || SIGHTED_WITH.includes(key)) continue;
		const type = key === 'content_ref' ? 'obs_content' : key.replace(/_refs?$/, '').replaceAll('_', '-');
		for (const id of (Array.isArray(value) ? value : [value]) as string[]) {
			if (!isReference(type)) {
				throw refusal('FUNCTIONAL_ERROR', `Only stix-ref-relationship can be added through this method, got ${type}.`);
			}
			const to = found(context, id);
			const linked = context.store.referencesOf(from.key).some((link) => link.type === type && link.to === to?.id);
			if (to !== undefined && !linked) addReference(context, from, to, type);
		}
	}
}

const mitreId = (object: Row) =>
	((object['external_references'] as Row[] | undefined) ?? []).find(({ source_name }) =>
		/^mitre/.test(String(source_name)),
	)?.['external_id'] as string | undefined;

const identityType = (identityClass: unknown) =>
	({ individual: 'Individual', system: 'System', class: 'Sector' })[String(identityClass)] ?? 'Organization';

/** What others refer to comes before them (the splitter of pycti). A circle is taken as it comes. */
function inOrder(objects: readonly Row[]): Row[] {
	const byId = new Map(objects.map((object) => [String(object['id']), object]));
	const done = new Set<Row>();
	const ordered: Row[] = [];
	const visit = (object: Row, depth: number): void => {
		if (done.has(object)) return;
		done.add(object);
		const refs = Object.entries(object).flatMap(([key, value]) =>
			/_refs?$/.test(key) ? ((Array.isArray(value) ? value : [value]) as unknown[]) : [],
		);
		for (const id of refs) {
			const other = byId.get(String(id));
			if (other !== undefined && depth < 100) visit(other, depth + 1);
		}
		ordered.push(object);
	};
	for (const object of objects) visit(object, 0);
	return ordered;
}
