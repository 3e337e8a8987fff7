import { createHash, randomUUID } from 'node:crypto';
import { standardId } from './ids';

/** Input and attributes of any object, untyped JSON as it comes in. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Row = Record<string, any>;

export interface Entity {
	/** What a draft has of a live object has the id of that, and a key of its own. */
	key: string;
	id: string;
	standard_id: string;
	type: string;
	/** Every id that finds it. */
	ids: Set<string>;
	/** Ids that its other names would give: they find it, and are not shown. */
	aliasIds: Set<string>;
	data: Row;
	markings: string[];
	labels: string[];
	references: string[];
	objects: string[];
	author?: string;
	confidence: number;
	files: string[];
	/** Draft workspace that it lives in; undefined is live data. */
	draft?: string;
	/** Organizations that it is shared with: where the platform belongs to one, all that others see of it. */
	organizations: string[];
	locked?: boolean;
}

export interface StoredFile {
	id: string;
	name: string;
	mimetype: string;
	bytes: Buffer;
	sha256: string;
	markings: string[];
	entityId?: string;
	version: string;
}

/** A file that an automatic import connector would have started on. */
export interface ImportJob {
	fileId: string;
	connector: string;
	validationMode?: string;
}

/** What a connector sent, and what came of it. */
export interface Work {
	id: string;
	name: string;
	status: string;
	errors: string[];
	/** Bundles that wait for a worker. */
	open: number;
	/** The connector has said that it sent all. */
	closed: boolean;
}

/** A reference of a message: internal ids, and how the platform calls it. */
export interface Reference {
	from: string;
	to: string;
	type: string;
}

function members(map: Map<string, Set<Entity>>, key: string): Set<Entity> {
	const known = map.get(key) ?? new Set();
	map.set(key, known);
	return known;
}

/** One text for each hash, whatever its case. */
const hashKeys = ({ hashes }: Row): string[] =>
	Array.isArray(hashes)
		? (hashes as Row[]).map(({ algorithm, hash }) => `${algorithm} ${String(hash).trim()}`.toLowerCase())
		: [];

const MIME: Record<string, string> = {
	pdf: 'application/pdf',
	txt: 'text/plain',
	csv: 'text/csv',
	html: 'text/html',
	htm: 'text/html',
	json: 'application/json',
	md: 'text/markdown',
	eml: 'message/rfc822',
	png: 'image/png',
	jpg: 'image/jpeg',
	jpeg: 'image/jpeg',
	gif: 'image/gif',
	zip: 'application/zip',
	doc: 'application/msword',
	docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
	xls: 'application/vnd.ms-excel',
	xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
	exe: 'application/x-msdownload',
};

const MARKINGS: [type: string, definition: string, order: number, color: string, id: string][] = [
	['TLP', 'TLP:CLEAR', 1, '#ffffff', '613f2e26-407d-48c7-9eca-b8e91df99dc9'],
	['TLP', 'TLP:GREEN', 2, '#2e7d32', '34098fce-860f-48ae-8e50-ebd3cc5e41da'],
	['TLP', 'TLP:AMBER', 3, '#d84315', 'f88d31f6-486f-44da-b317-01333bde0b82'],
	['TLP', 'TLP:AMBER+STRICT', 4, '#d84315', '826578e1-40ad-459f-bc73-ede076f81f37'],
	['TLP', 'TLP:RED', 5, '#c62828', '5e57c739-391a-4eb3-b6be-7d15ca92d5ed'],
	['PAP', 'PAP:CLEAR', 1, '#ffffff', '4cdff7eb-acb8-543f-8573-829eb9fe8b34'],
	['PAP', 'PAP:GREEN', 2, '#2e7d32', '89484dde-e3d2-547f-a6c6-d14824429eb1'],
	['PAP', 'PAP:AMBER', 3, '#d84315', 'a6f20d4d-0360-59b6-ba22-3b48707828b1'],
	['PAP', 'PAP:RED', 4, '#c62828', '4e4e3b84-de45-53df-9d9b-b21207699fd8'],
];

const VOCABULARIES: Record<string, string[]> = {
	report_types_ov: ['threat-report', 'internal-report'],
	case_severity_ov: ['low', 'medium', 'high', 'critical'],
	case_priority_ov: ['P1', 'P2', 'P3', 'P4'],
	incident_response_types_ov: ['ransomware', 'data-leak'],
	incident_severity_ov: ['low', 'medium', 'high', 'critical'],
	incident_type_ov: [
		'alert',
		'compromise',
		'cybercrime',
		'data-leak',
		'information-system-disruption',
		'phishing',
		'ransomware',
		'reputation-damage',
		'typosquatting',
	],
	reliability_ov: [
		'A - Completely reliable',
		'B - Usually reliable',
		'C - Fairly reliable',
		'D - Not usually reliable',
		'E - Unreliable',
		'F - Reliability cannot be judged',
	],
	note_types_ov: ['internal', 'assessment', 'analysis', 'feedback', 'external'],
	pattern_type_ov: ['stix', 'pcre', 'sigma', 'snort', 'suricata', 'yara', 'spl', 'eql'],
	indicator_type_ov: [
		'anomalous-activity',
		'anonymization',
		'attribution',
		'benign',
		'compromised',
		'malicious-activity',
		'unknown',
	],
};

/** What the platform holds, in memory. */
export class Store {
	/** By their keys: the live one, or the one that was made in a draft, has its id for a key. */
	readonly entities = new Map<string, Entity>();
	readonly files = new Map<string, StoredFile>();
	readonly importJobs: ImportJob[] = [];
	readonly connectors = new Map<string, { id: string; name: string; scope: string[]; type: string }>();
	readonly works = new Map<string, Work>();
	/** The queue. The platform's workers import all of it live. */
	readonly bundles: { connectorId: string; workId?: string; bundle: Row; live: true }[] = [];
	readonly drafts = new Map<string, { id: string; name: string; status: string }>();
	/** Objects that were made so far. */
	made = 0;
	readonly #index = new Map<string, Entity[]>();
	readonly #byType = new Map<string, Set<Entity>>();
	/** Relationships and sightings by the id of what they start from. */
	readonly #starting = new Map<string, Set<Entity>>();
	/** References of messages by the key of the message. */
	readonly #links = new Map<string, Reference[]>();
	readonly #byHash = new Map<string, Set<Entity>>();

	constructor() {
		for (const [definition_type, definition, x_opencti_order, x_opencti_color, uuid] of MARKINGS) {
			this.add(
				'Marking-Definition',
				{ definition_type, definition, x_opencti_order, x_opencti_color },
				{ id: `marking-definition--${uuid}` },
			);
		}
		for (const [category, names] of Object.entries(VOCABULARIES)) {
			for (const name of names) this.add('Vocabulary', { name, category });
		}
		this.connectors.set('import-document', {
			id: 'import-document',
			name: 'ImportDocument',
			type: 'INTERNAL_IMPORT_FILE',
			scope: ['application/pdf', 'text/plain', 'text/html', 'text/markdown'],
		});
		this.connectors.set('import-file-stix', {
			id: 'import-file-stix',
			name: 'ImportFileStix',
			type: 'INTERNAL_IMPORT_FILE',
			scope: ['application/json', 'application/xml'],
		});
	}

	add(type: string, data: Row, { id: fixedId, draft }: { id?: string; draft?: string | undefined } = {}): Entity {
		this.made += 1;
		const id = randomUUID();
		const entity: Entity = {
			key: id,
			id,
			standard_id: fixedId ?? standardId(type, data),
			type,
			ids: new Set(),
			aliasIds: new Set(),
			data,
			markings: [],
			labels: [],
			references: [],
			objects: [],
			confidence: 100,
			files: [],
			organizations: [],
			...(draft === undefined ? {} : { draft }),
		};
		for (const known of [entity.id, entity.standard_id, data['stix_id'], ...(data['x_opencti_stix_ids'] ?? [])])
			this.alias(entity, known);
		this.#enter(entity);
		return entity;
	}

	#enter(entity: Entity): void {
		const { key, type, data } = entity;
		this.entities.set(key, entity);
		this.aliasNames(entity);
		members(this.#byType, type).add(entity);
		if (typeof data['fromId'] === 'string') members(this.#starting, data['fromId']).add(entity);
		if (type === 'StixFile') for (const hash of hashKeys(data)) members(this.#byHash, hash).add(entity);
	}

	/**
	 * What is changed in a draft of something live: a copy under the same ids, which only that draft sees. What is live stays as it is
	 * (`loadDraftElement` and `copyLiveElementToDraft` of the platform's source).
	 */
	inDraft(entity: Entity, draft: string | undefined): Entity {
		if (draft === undefined || entity.draft === draft) return entity;
		const copy: Entity = {
			...entity,
			key: `${entity.id} in ${draft}`,
			ids: new Set(entity.ids),
			aliasIds: new Set(entity.aliasIds),
			data: { ...entity.data },
			draft,
		};
		delete copy.locked;
		// Lists are not changed but replaced, files apart.
		copy.files = [...entity.files];
		for (const id of copy.ids) this.#name(copy, id);
		this.#enter(copy);
		this.#links.set(copy.key, [...this.referencesOf(entity.key)]);
		return copy;
	}

	/** Whether this is what a draft has of something live. */
	isCopy({ key, id }: Entity): boolean {
		return key !== id;
	}

	/** The file of a workspace that has any of these hashes. */
	fileOf(data: Row, draft: string | undefined): Entity | undefined {
		const files = hashKeys(data).flatMap((key) => [...(this.#byHash.get(key) ?? [])]);
		return files.find((file) => file.draft === draft) ?? files.find((file) => file.draft === undefined);
	}

	/** Relationships and sightings that start from an entity. */
	startingFrom(id: string): Entity[] {
		return [...(this.#starting.get(id) ?? [])];
	}

	/** What a message refers to, by its key. */
	referencesOf(from: string): readonly Reference[] {
		return this.#links.get(from) ?? [];
	}

	setReferences(from: string, references: Reference[]): void {
		this.#links.set(from, references);
	}

	get refRelations(): Reference[] {
		return [...this.#links.values()].flat();
	}

	/** Identities and vulnerabilities are found by their aliases: the platform keeps the ids that these would give. */
	aliasNames(entity: Entity): void {
		for (const name of (entity.data['x_opencti_aliases'] ?? []) as string[]) {
			const id = standardId(entity.type, { ...entity.data, name });
			entity.aliasIds.add(id);
			this.#name(entity, id);
		}
	}

	#name(entity: Entity, id: string): void {
		const named = this.#index.get(id) ?? [];
		// An id names one entity of live data, and one of each draft: the latest.
		this.#index.set(id, [entity, ...named.filter((other) => other !== entity && other.draft !== entity.draft)]);
	}

	/**
	 * A draft is approved: what it made is live from now on. Where the same is live by then, both become one (what the platform imports of
	 * a draft is created again, and found).
	 */
	approve(draft: string): void {
		for (const entity of [...this.entities.values()].filter((one) => one.draft === draft)) {
			for (const id of [...entity.ids, ...entity.aliasIds]) this.#unname(entity, id);
			if (this.isCopy(entity)) {
				this.#adopt(entity);
				continue;
			}
			delete entity.draft;
			const same = this.find(entity.standard_id, { draft: undefined });
			for (const id of [...entity.ids, ...entity.aliasIds]) if (same === undefined) this.#name(entity, id);
			if (same !== undefined) this.merge(same, entity);
		}
	}

	/** What was changed in a draft is changed in what is live. Of it, what is there by then and the draft does not know stays. */
	#adopt(copy: Entity): void {
		this.#remove(copy);
		const live = this.entities.get(copy.id);
		if (live === undefined) return;
		const { data, markings, confidence, author } = copy;
		Object.assign(live, { markings, confidence, data: { ...live.data, ...data } });
		if (author !== undefined) live.author = author;
		for (const list of ['labels', 'references', 'objects', 'files'] as const)
			live[list] = [...new Set([...live[list], ...copy[list]])];
		const links = new Map(
			[...this.referencesOf(live.key), ...this.referencesOf(copy.key)].map((link) => [`${link.type} ${link.to}`, link]),
		);
		this.#links.delete(copy.key);
		if (links.size > 0) this.#links.set(live.key, [...links.values()]);
		for (const id of copy.ids) this.alias(live, id);
	}

	#unname(entity: Entity, id: string): void {
		const others = (this.#index.get(id) ?? []).filter((other) => other !== entity);
		if (others.length === 0) this.#index.delete(id);
		else this.#index.set(id, others);
	}

	alias(entity: Entity, id: unknown): void {
		if (typeof id !== 'string' || id === '') return;
		entity.ids.add(id);
		this.#name(entity, id);
	}

	/**
	 * By any of its ids. Whoever works in a draft finds what is in it, before what is live; whoever works on live data finds nothing of
	 * drafts (`buildDraftFilter` and `getIndicesToQuery` of the platform's source). Without a second argument: wherever it is.
	 */
	find(id: unknown, workspace?: { draft: string | undefined }): Entity | undefined {
		const named = typeof id === 'string' ? (this.#index.get(id) ?? []) : [];
		const live = named.find(({ draft }) => draft === undefined);
		if (workspace === undefined) return live ?? named[0];
		const own = workspace.draft === undefined ? undefined : named.find(({ draft }) => draft === workspace.draft);
		return own ?? live;
	}

	get(id: string): Entity {
		return this.entities.get(id)!;
	}

	ofType(...types: string[]): Entity[] {
		return types.flatMap((type) => [...(this.#byType.get(type) ?? [])]);
	}

	/** A label value, whatever its case. */
	label(value: string, workspace: { draft: string | undefined }): Entity | undefined {
		return this.find(standardId('Label', { value }), workspace);
	}

	/** As a person renames it: its id follows from its name, and the one that it had before finds nothing any more. Seen on 7.260817.0. */
	rename(entity: Entity, name: string): void {
		entity.data['name'] = name;
		this.#unname(entity, entity.standard_id);
		entity.ids.delete(entity.standard_id);
		entity.standard_id = standardId(entity.type, entity.data);
		this.alias(entity, entity.standard_id);
	}

	/** Two entities become one, which everything refers to then. */
	merge(kept: Entity, gone: Entity): void {
		for (const other of this.entities.values()) {
			for (const list of ['references', 'objects'] as const) {
				if (other[list].includes(gone.id))
					other[list] = [...new Set(other[list].map((id) => (id === gone.id ? kept.id : id)))];
			}
			for (const end of ['fromId', 'toId']) if (other.data[end] === gone.id) other.data[end] = kept.id;
		}
		for (const other of this.#starting.get(gone.id) ?? []) members(this.#starting, kept.id).add(other);
		kept.objects = [...new Set([...kept.objects, ...gone.objects])];
		kept.references = [...new Set([...kept.references, ...gone.references])];
		kept.labels = [...new Set([...kept.labels, ...gone.labels])];
		const ids = [...gone.ids];
		this.delete(gone);
		for (const id of ids) this.alias(kept, id);
	}

	#remove(entity: Entity): void {
		this.entities.delete(entity.key);
		this.#byType.get(entity.type)?.delete(entity);
		this.#starting.get(String(entity.data['fromId']))?.delete(entity);
		for (const key of hashKeys(entity.data)) this.#byHash.get(key)?.delete(entity);
	}

	delete(entity: Entity): void {
		this.#remove(entity);
		this.#links.delete(entity.key);
		for (const id of [...entity.ids, ...entity.aliasIds]) this.#unname(entity, id);
		for (const other of this.entities.values()) {
			for (const list of ['markings', 'labels', 'references', 'objects'] as const) {
				if (other[list].includes(entity.id)) other[list] = other[list].filter((id) => id !== entity.id);
			}
			if (other.author === entity.id) delete other.author;
		}
		for (const file of entity.files) this.files.delete(file);
	}

	/** Stores a file under its lower-cased key; the platform overwrites what has the same key and other bytes. */
	putFile(folder: string, fileName: string, bytes: Buffer, markings: string[], entityId?: string): StoredFile {
		const base = fileName.split(/[/\\]/).at(-1) ?? 'file';
		const dot = base.lastIndexOf('.');
		const extension = dot > 0 ? base.slice(dot + 1).slice(0, 10) : '';
		const name = (dot > 0 ? base.slice(0, dot) : base).slice(0, 200) + (extension === '' ? '' : `.${extension}`);
		const id = `${folder}/${name.toLowerCase()}`;
		const sha256 = createHash('sha256').update(bytes).digest('hex');
		const known = this.files.get(id);
		if (known !== undefined && known.sha256 === sha256) return known;
		const mimetype = MIME[extension.toLowerCase()] ?? 'application/octet-stream';
		const file: StoredFile = {
			id,
			name,
			mimetype,
			bytes,
			sha256,
			markings,
			version: new Date().toISOString(),
			...(entityId === undefined ? {} : { entityId }),
		};
		this.files.set(id, file);
		return file;
	}

	/** What `noTriggerImport: true` prevents. */
	startImports(file: StoredFile): void {
		for (const { name, scope, type } of this.connectors.values()) {
			if (type === 'INTERNAL_IMPORT_FILE' && scope.includes(file.mimetype))
				this.importJobs.push({ fileId: file.id, connector: name });
		}
	}
}
