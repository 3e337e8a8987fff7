import type { Store } from './store';

export interface LabSnapshot {
	reports: LabContainer[];
	cases: LabContainer[];
	incidents: LabContainer[];
	labels: string[];
	identities: string[];
	importJobs: { fileId: string; connector: string }[];
	counts: Record<string, number>;
}

export interface LabContainer {
	id: string;
	standardId: string;
	name: string;
	published?: string;
	created?: string;
	description?: string;
	content?: string;
	reportTypes: string[];
	markings: string[];
	labels: string[];
	author?: string;
	confidence: number;
	draft?: string;
	externalReferences: { sourceName: string; externalId?: string; url?: string }[];
	objects: { id: string; standardId: string; type: string }[];
	files: { id: string; name: string; mimetype: string; size: number; sha256: string; markings: string[] }[];
}

/** An incident holds nothing: what belongs to it has a relationship with it. */
const relatedTo = (store: Store, id: string): string[] =>
	store
		.ofType('relationship')
		.flatMap(({ data }) =>
			[data['fromId'], data['toId']].includes(id)
				? [String(data['fromId'] === id ? data['toId'] : data['fromId'])]
				: [],
		);

/** What is stored, in a form that assertions and people can read. */
export function snapshotOf(store: Store): LabSnapshot {
	const containers = (type: string): LabContainer[] =>
		store.ofType(type).map((entity) => ({
			id: entity.id,
			standardId: entity.standard_id,
			name: entity.data['name'],
			...(entity.data['published'] ? { published: new Date(entity.data['published']).toISOString() } : {}),
			...(entity.data['created'] ? { created: new Date(entity.data['created']).toISOString() } : {}),
			...(entity.data['description'] ? { description: entity.data['description'] } : {}),
			...(entity.data['content'] ? { content: entity.data['content'] } : {}),
			reportTypes: entity.data['report_types'] ?? [],
			markings: entity.markings.map((id) => store.get(id).data['definition'] as string),
			labels: entity.labels.map((id) => store.get(id).data['value'] as string),
			...(entity.author === undefined ? {} : { author: store.get(entity.author).data['name'] as string }),
			confidence: entity.confidence,
			...(entity.draft === undefined ? {} : { draft: entity.draft }),
			externalReferences: entity.references.map((id) => {
				const { source_name, external_id, url } = store.get(id).data;
				return {
					sourceName: source_name,
					...(external_id ? { externalId: external_id } : {}),
					...(url ? { url } : {}),
				};
			}),
			objects: (type === 'Incident' ? relatedTo(store, entity.id) : entity.objects).map((id) => ({
				id,
				standardId: store.get(id).standard_id,
				type: store.get(id).type,
			})),
			files: entity.files.map((id) => {
				const { name, mimetype, bytes, sha256, markings } = store.files.get(id)!;
				return {
					id,
					name,
					mimetype,
					size: bytes.length,
					sha256,
					markings: markings.map((marking) => store.get(marking).data['definition'] as string),
				};
			}),
		}));
	const counts: Record<string, number> = {};
	for (const entity of store.entities.values())
		if (!store.isCopy(entity)) counts[entity.type] = (counts[entity.type] ?? 0) + 1;
	return {
		reports: containers('Report'),
		cases: containers('Case-Incident'),
		incidents: containers('Incident'),
		labels: store.ofType('Label').map(({ data }) => data['value'] as string),
		identities: store.ofType('Organization', 'Individual', 'System').map(({ data }) => data['name'] as string),
		importJobs: store.importJobs,
		counts,
	};
}
