import {
	DOMAIN_OBJECT_DELETE,
	HELD,
	nodesOf,
	type ContainerInput,
	type ContainerNode,
	type MarkingNode,
	type StoredContainer,
} from '../documents';
import { OPENCTI_LIMITS } from '../../limits';
import {
	allPages,
	attempt,
	missingMarkings,
	nameOfMarking,
	OpenCtiError,
	organizationsText,
	strictest,
	together,
	type Begin,
	type MissingValues,
	type Platform,
} from '../platform';
import type { ContainerDraft, DraftWarning, SkippedFile } from './draft';
import { uploadFiles, type UploadedFile, type UploadOptions } from './uploadFiles';

/** How a report or case comes onto the platform: what is missing there, what is the same, what is marked otherwise. */
export interface CreateOptions extends UploadOptions {
	/** Labels that the platform does not have. Making them needs SETTINGS_SETLABELS. Default {@link CREATE_DEFAULTS}. */
	missingLabels?: MissingValues | undefined;
	/** Report types that the platform does not have. Making them needs SETTINGS_SETVOCABULARIES. Default `skip`, with a warning. */
	missingReportTypes?: MissingValues | undefined;
	/**
	 * Another message already gave one of the same name and date, which are all of its identity: `separate` adds a mark of the
	 * Message-ID to the name, `merge` adds to the one that is there. Default {@link CREATE_DEFAULTS}.
	 */
	sameNameAndDate?: 'separate' | 'merge' | undefined;
	/**
	 * What is there already, of the report and of what it holds: `keep` it as its people made it and add what is missing, or `update` it
	 * with what the message says, its text and the values and markings of objects. Default {@link CREATE_DEFAULTS}.
	 */
	existing?: 'keep' | 'update' | undefined;
	/** A report or case that this call made and that came out less marked than asked is kept, or deleted. Default `keep`. */
	onMarkingMismatch?: 'keep' | 'delete' | undefined;
}

/** What {@link CreateOptions} mean that nobody sets. */
export const CREATE_DEFAULTS = {
	missingLabels: 'create',
	missingReportTypes: 'skip',
	sameNameAndDate: 'separate',
	existing: 'keep',
	onMarkingMismatch: 'keep',
	triggerImport: false,
} as const satisfies Required<CreateOptions>;

/** What a creation did. */
export interface ContainerResult {
	/** Internal id on the platform. */
	id: string;
	standardId: string;
	name: string;
	/** Its page on the platform. */
	url: string;
	/** False when it was there before. */
	created: boolean;
	/** It was there before, and text of the message was written into it. */
	updated?: true;
	/** Definitions, such as `TLP:AMBER+STRICT`. */
	markings: string[];
	/** Names of the organizations that it is shared with: nobody else sees it but the platform's own. Absent where it is not restricted. */
	organizations?: string[];
	labels: string[];
	author?: { id: string; name: string };
	files: UploadedFile[];
	skippedFiles: SkippedFile[];
	warnings: DraftWarning[];
	/** False when a file or something of the message is missing. What the platform refused, running it again completes. */
	complete: boolean;
}

/**
 * One kind of container: what tells a report from a case, and from what comes later. All that they have in common is in
 * {@link check}, {@link resolve}, {@link inputOf} and {@link finish}.
 */
export interface ContainerKind<Draft extends ContainerDraft, Stored extends StoredContainer> {
	/** The platform's type, as its filters name it. */
	entityType: string;
	/** The same, as GraphQL names it. */
	typeName: string;
	/** Path of its pages, between the platform's address and the id. */
	pages: string;
	/** Whether it holds objects itself. Default true. */
	isHolder?: boolean;
	/** By internal id or standard id; null when there is none that the user may see. */
	read: (platform: Platform, id: string) => Promise<Stored | null>;
	/** The date that is part of its identity, in UTC with milliseconds. */
	dateOf: (stored: Stored) => string;
	dateOfDraft: (draft: Draft) => string;
	/** The same draft under another name, with the id that this gives it. */
	renamed: (draft: Draft, name: string) => Draft;
}

/** The page of a container. */
export const pageOf = ({ pages }: { pages: string }, baseUrl: string, id: string) => `${baseUrl}/${pages}/${id}`;

/** Everything that a container refers to, looked up: nothing is made yet. */
export interface Checked {
	markings: MarkingNode[];
}

/** Everything that a container refers to, made where it was missing. */
export interface Resolved {
	markings: MarkingNode[];
	author?: string;
	labels: string[];
	externalReferences: string[];
	warnings: DraftWarning[];
}

const WITHOUT_FILES = " For a report without files, leave 'Attachment MIME Types' empty.";
const WITHOUT_LABELS = " Or set 'If Labels Are Missing' to Leave Them Out.";

/**
 * Asks for everything that a container refers to, at once.
 *
 * @throws OpenCtiError `OPENCTI_FORBIDDEN`, `OPENCTI_MARKING_UNKNOWN`, `OPENCTI_AUTHOR_UNKNOWN`, before anything is made
 */
export async function check(
	{ references, rights }: Platform,
	draft: ContainerDraft,
	{ missingLabels = CREATE_DEFAULTS.missingLabels }: CreateOptions,
	begun: Begin,
): Promise<Checked> {
	const [asked, isNew, author] = [
		begun(references.markings(draft.markings)),
		begun(references.lacksLabels(draft.labels)),
		begun(draft.author === undefined ? Promise.resolve() : references.seekAuthor(draft.author)),
	] as const;
	await rights.require('KNOWLEDGE_KNUPDATE', 'create reports and cases');
	if (draft.files.length > 0) {
		await rights.require(
			'KNOWLEDGE_KNUPLOAD',
			`upload the ${draft.files.length} file(s) of the message`,
			WITHOUT_FILES,
		);
	}
	const markings = await asked;
	await rights.requireMarkings(markings);
	if ((await isNew) && missingLabels === 'create') {
		await rights.require('SETTINGS_SETLABELS', 'create labels that are not there yet', WITHOUT_LABELS);
	}
	await author;
	return { markings };
}

/**
 * Makes what is missing of author, labels and external references, all at once: that they can be had was seen before.
 *
 * @throws OpenCtiError `OPENCTI_LABEL_UNKNOWN`
 */
export async function resolve(
	{ references }: Platform,
	draft: ContainerDraft,
	{ markings }: Checked,
	{ missingLabels = CREATE_DEFAULTS.missingLabels }: CreateOptions,
	begun: Begin,
): Promise<Resolved> {
	// An unknown label ends the call before anything of it stands there.
	const labelling = begun(references.labels(draft.labels, missingLabels));
	if (missingLabels === 'error') await labelling;
	const [author, labels, externalReferences] = await Promise.all([
		draft.author === undefined ? undefined : references.author(draft.author),
		labelling,
		references.externalReferences(draft.externalReferences),
	]);
	const warnings = labels.skipped.map((label) => ({
		code: 'label-unknown',
		message: `The platform has no label ${JSON.stringify(label)}: left out.`,
	}));
	return { markings, ...(author === undefined ? {} : { author }), labels: labels.ids, externalReferences, warnings };
}

/**
 * What all kinds are given alike. To one that is there only what adds to it: its text (unless empty), marking, author and
 * confidence are what its people made of them. Its own confidence is sent back, for none would mean the user's highest.
 *
 * @param takesText Whether text of the message goes into one that is there. It must be as strict as that text then.
 */
export function inputOf(
	draft: ContainerDraft,
	{
		existing,
		resolved,
		takesText,
	}: {
		existing: StoredContainer | null;
		resolved: Resolved;
		takesText: boolean;
	},
): ContainerInput {
	const { labels: objectLabel, externalReferences } = resolved;
	const added = { objectLabel, externalReferences, objects: draft.objects };
	const objectMarking = resolved.markings.map(({ id }) => id);
	if (existing !== null) {
		return {
			...added,
			...(takesText ? { objectMarking } : {}),
			...(existing.confidence === null ? {} : { confidence: existing.confidence }),
		};
	}
	return {
		...added,
		description: draft.description,
		content: draft.content,
		...(draft.confidence === undefined ? {} : { confidence: draft.confidence }),
		...(resolved.author === undefined ? {} : { createdBy: resolved.author }),
		objectMarking,
	};
}

/** A container as the platform answered its creation, and what it was made of. */
export interface Written<Draft extends ContainerDraft, Stored extends StoredContainer> {
	kind: ContainerKind<Draft, Stored>;
	draft: Draft;
	node: ContainerNode;
	/** As it stood before. */
	existing: Stored | null;
	/** Text of the message goes into one that was there. */
	writesText?: boolean;
	/** It must carry the markings that are asked for: it is new, or text goes into it. */
	mustCarry: boolean;
	resolved: Resolved;
	/** What this kind has to tell of it. */
	warnings: readonly DraftWarning[];
	options: CreateOptions;
}

/**
 * Checks the markings of what was made, then uploads the files: marked as asked and as it is, whichever is stricter.
 *
 * @throws OpenCtiError `OPENCTI_MARKING_MISMATCH`; no file is uploaded then
 */
export function finish<Draft extends ContainerDraft, Stored extends StoredContainer>(
	platform: Platform,
	written: Written<Draft, Stored>,
): Promise<ContainerResult> {
	return together((begun) => finishWith(platform, written, begun));
}

async function finishWith<Draft extends ContainerDraft, Stored extends StoredContainer>(
	platform: Platform,
	written: Written<Draft, Stored>,
	begun: Begin,
): Promise<ContainerResult> {
	const { draft, existing, resolved, options } = written;
	const node = await withOrganizations(platform, written);
	const markings = node.objectMarking ?? [];
	const notStored = begun(ignored(platform, written));
	const files = await uploadFiles(platform, {
		entityId: node.id,
		files: draft.files,
		markings: strictest([...resolved.markings, ...markings]),
		stored: nodesOf(existing?.importFiles),
		options,
	});
	const lost = await notStored;
	return {
		...summaryOf(written.kind, platform, node),
		created: existing === null,
		...(existing !== null && written.mustCarry && lost.length === 0 ? { updated: true as const } : {}),
		files,
		skippedFiles: draft.skippedFiles,
		warnings: [
			...draft.warnings,
			...resolved.warnings,
			...differences(written),
			...written.warnings,
			...lost,
			...lessMarked(files),
			...(existing === null ? restricted(node) : []),
		],
		complete:
			draft.incomplete !== true &&
			lost.length === 0 &&
			files.every(({ status }) => status === 'uploaded' || status === 'present'),
	};
}

/**
 * What the platform did not write into one that was there, though it gave no error: it ignores whoever has less confidence than the
 * object, and keeps the rest of the request. Only a read tells.
 */
async function ignored<Draft extends ContainerDraft, Stored extends StoredContainer>(
	platform: Platform,
	{ kind, draft, node, existing, writesText }: Written<Draft, Stored>,
): Promise<DraftWarning[]> {
	if (existing === null) return [];
	const [text, objects] = await Promise.all([
		writesText === true ? kind.read(platform, node.id) : undefined,
		draft.objects.length > 0 && kind.isHolder !== false ? heldBy(platform, node.id) : undefined,
	]);
	const isTextLost = text !== undefined && text !== null && lacksText(text, draft);
	const missing = objects === undefined ? 0 : new Set(draft.objects.filter((id) => !objects.has(id))).size;
	const what = [...(isTextLost ? ['its text'] : []), ...(missing > 0 ? [`${missing} object(s)`] : [])];
	if (what.length === 0) return [];
	const most = await platform.rights.maxConfidence();
	const { confidence } = existing;
	const why =
		most !== undefined && confidence !== null && most < confidence
			? `The maximum confidence of the user is ${most}, that of the existing object is ${confidence}. Raise the user's, or let an administrator do so.`
			: 'Run it again. The log of the platform may show the reason.';
	return [{ code: 'not-stored', message: `The platform did not store ${what.join(' and ')}. ${why}` }];
}

/** Ids of all objects that a container holds. */
export async function heldBy(platform: Platform, id: string): Promise<Set<string>> {
	const nodes = await allPages(
		OPENCTI_LIMITS.maxHeldPages,
		async (page) => (await platform.call(HELD, { id, ...page })).container?.objects ?? null,
	);
	return new Set(nodes.flatMap(({ id: held }) => held ?? []));
}

/** Whether a container lacks text that the draft has. */
export function lacksText(stored: StoredContainer, draft: ContainerDraft): boolean {
	return (!stored.description && draft.description !== '') || (!stored.content && draft.content !== '');
}

/**
 * What a platform that is segregated by organizations makes of what a user makes who is not of its own: it is shared with his, and
 * whoever is of another one sees nothing of it.
 */
function restricted({ objectOrganization }: ContainerNode): DraftWarning[] {
	const names = (objectOrganization ?? []).map(({ name }) => name);
	if (names.length === 0) return [];
	const message = `The platform shares it with ${organizationsText(names)} only: users of other organizations cannot see it, but for those of the platform's own.`;
	return [{ code: 'shared-with-organizations', message }];
}

/** The container as it is marked and shared. The answer to a creation need not show the organizations: a read does, where the user has any. */
async function withOrganizations<Draft extends ContainerDraft, Stored extends StoredContainer>(
	platform: Platform,
	written: Written<Draft, Stored>,
): Promise<ContainerNode> {
	const node = written.mustCarry ? await proved(platform, written) : written.node;
	if ((node.objectOrganization ?? []).length > 0 || written.existing !== null) return node;
	// It is made by now: what cannot be read of it is no reason to call it failed.
	const shared = await attempt(async () => {
		if ((await platform.rights.organizations()).length === 0) return null;
		return (await written.kind.read(platform, node.id))?.objectOrganization ?? null;
	});
	return 'value' in shared && shared.value !== null ? { ...node, objectOrganization: shared.value } : node;
}

/** Names of the organizations that it is shared with, if any. */
function organizationsOf({ objectOrganization }: ContainerNode): { organizations?: string[] } {
	const organizations = (objectOrganization ?? []).map(({ name }) => name);
	return organizations.length === 0 ? {} : { organizations };
}

/** What is told of any container of the platform. */
export function summaryOf(kind: { pages: string }, { baseUrl }: Platform, node: ContainerNode) {
	return {
		id: node.id,
		standardId: node.standard_id,
		name: node.name,
		url: pageOf(kind, baseUrl, node.id),
		markings: (node.objectMarking ?? []).map(nameOfMarking),
		labels: (node.objectLabel ?? []).map(({ value }) => value),
		...(node.createdBy === null ? {} : { author: { id: node.createdBy.id, name: node.createdBy.name } }),
		...organizationsOf(node),
	};
}

/** What the platform made of it otherwise than asked; a marking that a new one lacks is not among them. */
function differences({
	draft,
	node,
	resolved,
	existing,
}: Pick<Written<ContainerDraft, StoredContainer>, 'draft' | 'node' | 'resolved' | 'existing'>): DraftWarning[] {
	const warnings: DraftWarning[] = [];
	const standardId = existing?.standard_id ?? draft.standardId;
	if (node.standard_id !== standardId) {
		warnings.push({
			code: 'standard-id-differs',
			message: `The platform gave it the id ${node.standard_id} instead of ${standardId}.`,
		});
	}
	if (resolved.author !== undefined && node.createdBy?.id !== resolved.author) {
		warnings.push({
			code: 'author-kept',
			message: `Its author is ${node.createdBy?.name ?? 'nobody'}. An existing object keeps its author.`,
		});
	}
	const lower = existing === null ? [] : missingMarkings(resolved.markings, node.objectMarking ?? []);
	if (lower.length > 0) {
		const has = (node.objectMarking ?? []).map(nameOfMarking).join(', ') || 'nothing';
		warnings.push({
			code: 'marking-kept',
			message: `It already existed with the marking ${has}, which was not changed. What was added is marked ${lower.map(nameOfMarking).join(', ')}.`,
		});
	}
	if (existing === null && draft.confidence !== undefined && (node.confidence ?? 0) < draft.confidence) {
		warnings.push({
			code: 'confidence-lowered',
			message: `Its confidence is ${node.confidence ?? 'not set'} instead of ${draft.confidence}, because the user may not set a higher one.`,
		});
	}
	const have = new Set((node.objectLabel ?? []).map(({ id }) => id));
	const lost = resolved.labels.filter((id) => !have.has(id)).length;
	if (lost > 0) warnings.push({ code: 'labels-missing', message: `${lost} label(s) were not stored.` });
	return warnings;
}

/** Told of files that were there and stay marked lower than is asked for now. */
export function lessMarked(files: readonly UploadedFile[]): DraftWarning[] {
	const names = files.filter((file) => file.lessMarked).map(({ name }) => name);
	if (names.length === 0) return [];
	return [
		{
			code: 'file-marking-kept',
			message: `Existing files keep markings that are lower than requested: ${names.join(', ')}.`,
		},
	];
}

/** The container with its markings: where the answer to its creation lacks one, a read decides. */
async function proved<Draft extends ContainerDraft, Stored extends StoredContainer>(
	platform: Platform,
	{ kind, node, existing, resolved: { markings: asked }, options }: Written<Draft, Stored>,
): Promise<ContainerNode> {
	if (missingMarkings(asked, node.objectMarking ?? []).length === 0) return node;
	const stored = (await kind.read(platform, node.id)) ?? node;
	const missing = missingMarkings(asked, stored.objectMarking ?? []);
	if (missing.length === 0) return stored;
	const names = missing.map(nameOfMarking).join(', ');
	const { onMarkingMismatch = CREATE_DEFAULTS.onMarkingMismatch } = options;
	const remove = existing === null && onMarkingMismatch === 'delete';
	if (remove) await platform.call(DOMAIN_OBJECT_DELETE, { id: node.id });
	const url = pageOf(kind, platform.baseUrl, node.id);
	throw new OpenCtiError(
		'OPENCTI_MARKING_MISMATCH',
		`${node.entity_type} ${JSON.stringify(node.name.slice(0, 100))} was created without ${names}. No file was uploaded`,
		{
			hint: remove
				? 'It was deleted again. Check the markings that the user is allowed to use.'
				: `Add the markings in OpenCTI, or delete it: ${url}`,
			...(remove ? {} : { entityId: node.id, entityUrl: url }),
		},
	);
}
