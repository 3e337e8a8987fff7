import type { HuntFindings } from '../../hunt';
import type { AnyBundle, AnyStixObject } from '../../stix';
import {
	addFiles,
	CASE_WRITER,
	CASES,
	huntSection,
	INCIDENTS,
	lessMarked,
	REPORT_WRITER,
	REPORTS,
	summaryOf,
	type ContainerResult,
	type CreateOptions,
	type DraftFile,
	type DraftWarning,
	type UploadedFile,
} from '../container';
import { MARKED_OBJECT, type MarkingNode, type StoredCase, type StoredIncident, type StoredReport } from '../documents';
import { OPENCTI_LIMITS } from '../../limits';
import { attempt, nameOfMarking, OpenCtiError, strictest, type Platform } from '../platform';
import { addFindings } from './addFindings';
import { addNotes } from './addNotes';
import { objectsToMake, refsIn } from './bundleObjects';
import { countsOf, type ObjectCounts } from './counts';
import { createWithObjects } from './createReportFromBundle';
import { huntResults, shownFindings, type HuntResultOptions } from './huntResults';
import { isWhole, type ImportedObject } from './importedObject';
import { importObjects, type ImportedObjects } from './importObjects';
import { linkToIncident } from './linkToIncident';
import type { PushResult } from './pushBundle';

/** A note that is added. */
export interface AddedNote {
	/** Markdown, 2 characters or more. */
	content: string;
	title?: string | undefined;
}

/** What is added to a report, a case or an incident that is there. */
export interface Additions {
	notes?: readonly AddedNote[] | undefined;
	/** What hunts found: a note with the messages of each, and what `huntResults` says. */
	hunts?: readonly HuntFindings[] | undefined;
	files?: readonly DraftFile[] | undefined;
}

/** Options of `OpenCtiClient.addTo`. */
export interface AddOptions extends Pick<CreateOptions, 'triggerImport'> {
	/** Markings of what is added, where they are stricter than those of the object. */
	markings?: readonly string[] | undefined;
	/** What becomes of what `hunts` found. */
	huntResults?: HuntResultOptions | undefined;
	/** The bundle that was made of the message: what hunts found is seen of its indicators. They are not made for that. */
	bundle?: AnyBundle | undefined;
	/** Domains of one's own: nothing of them becomes an observable. */
	ownDomains?: readonly string[] | undefined;
}

/** What was added, and to what. */
export interface AddedResult {
	/** Internal id of the report, the case or the incident. */
	id: string;
	standardId: string;
	name: string;
	/** Its page on the platform. */
	url: string;
	/** Definitions, such as `TLP:AMBER+STRICT`: what it is marked with. */
	markings: string[];
	/** Names of the organizations that it is shared with. Absent where it is not restricted. */
	organizations?: string[];
	objects: ImportedObject[];
	counts: ObjectCounts;
	files: UploadedFile[];
	/** Messages of a hunt that went into the queue. */
	queued?: PushResult;
	warnings: DraftWarning[];
	complete: boolean;
}

const HUNT_TITLE = 'Results of a hunt';

/** Something of the platform that can be added to. */
type Target =
	| { type: 'Report'; stored: StoredReport; time: string }
	| { type: 'Case-Incident'; stored: StoredCase; time: string }
	| { type: 'Incident'; stored: StoredIncident; time: string };

/** Adds to what is there, and changes nothing of it. See `OpenCtiClient.addTo`. */
export async function addToExisting(
	platform: Platform,
	id: string,
	{ notes = [], hunts = [], files = [] }: Additions,
	options: AddOptions,
): Promise<AddedResult> {
	const { references, rights } = platform;
	const needsUpdate = notes.length > 0 || hunts.length > 0;
	if (needsUpdate) await rights.require('KNOWLEDGE_KNUPDATE', 'add notes and objects');
	if (files.length > 0) await rights.require('KNOWLEDGE_KNUPLOAD', 'upload files');
	const target = await readTarget(platform, id);
	const { stored, time } = target;
	const asked = options.markings === undefined ? [] : await references.markings(options.markings);
	await rights.requireMarkings(asked);
	const own = await references.markings((stored.objectMarking ?? []).map(({ standard_id }) => standard_id));
	const atLeast = strictest([...asked, ...own]);
	const found = await addHunts(platform, target, hunts, { ...options, atLeast });
	const texts = [
		...notes.map(({ title, content }) => ({ title, content, created: time })),
		...huntNotes(hunts, options).map((content) => ({ title: HUNT_TITLE, content, created: time })),
	];
	const noted = await tryNotes(platform, stored, texts, atLeast);
	const { triggerImport } = options;
	const markings = atLeast.map(({ standard_id }) => standard_id);
	const uploaded = files.length === 0 ? [] : await addFiles(platform, stored.id, files, { markings, triggerImport });
	const objects = [...(found.objects ?? []), ...noted.objects];
	const isUploaded = uploaded.every(({ status }) => status === 'uploaded' || status === 'present');
	return {
		...summaryOf(KINDS[target.type], platform, stored),
		objects,
		counts: countsOf(objects),
		files: uploaded,
		...(found.queued === undefined ? {} : { queued: found.queued }),
		warnings: [...found.warnings, ...noted.warnings, ...lessMarked(uploaded)],
		complete: found.complete && noted.complete && objects.every(isWhole) && isUploaded,
	};
}

const KINDS = { Report: REPORTS, 'Case-Incident': CASES, Incident: INCIDENTS } as const;

/** @throws OpenCtiError `OPENCTI_REFERENCE_MISSING` when there is none that the user may see, `OPENCTI_INPUT` for anything else */
async function readTarget(platform: Platform, id: string): Promise<Target> {
	const { stixDomainObject: node } = await platform.call(MARKED_OBJECT, { id });
	if (node !== null) {
		const report = node.entity_type === 'Report' ? await REPORTS.read(platform, node.id) : null;
		if (report !== null) return { type: 'Report', stored: report, time: REPORTS.dateOf(report) };
		const incidentCase = node.entity_type === 'Case-Incident' ? await CASES.read(platform, node.id) : null;
		if (incidentCase !== null) return { type: 'Case-Incident', stored: incidentCase, time: CASES.dateOf(incidentCase) };
		const incident = node.entity_type === 'Incident' ? await INCIDENTS.read(platform, node.id) : null;
		if (incident !== null) return { type: 'Incident', stored: incident, time: INCIDENTS.dateOf(incident) };
		if (!Object.hasOwn(KINDS, node.entity_type)) {
			throw new OpenCtiError(
				'OPENCTI_INPUT',
				`${id.slice(0, 100)} is a ${node.entity_type}, not a report, case or incident`,
				{
					hint: 'Nothing was added. Enter the ID of a report, an incident case or an incident.',
				},
			);
		}
	}
	const missing = new OpenCtiError(
		'OPENCTI_REFERENCE_MISSING',
		`The platform has no report, case or incident ${id.slice(0, 100)}, or the user is not allowed to see it`,
		{ hint: 'Nothing was added. Enter the internal ID or the standard ID, or choose the report from the list.' },
	);
	throw await platform.namingOrganizations(missing);
}

/** What of hunts becomes objects, put into the report or the case, or related to the incident. */
async function addHunts(
	platform: Platform,
	target: Target,
	hunts: readonly HuntFindings[],
	options: AddOptions & { atLeast: readonly MarkingNode[] },
): Promise<Pick<ContainerResult, 'warnings' | 'complete'> & { objects?: ImportedObject[]; queued?: PushResult }> {
	const nothing = { objects: [], warnings: [], complete: true };
	if (hunts.length === 0) return nothing;
	const about = options.bundle === undefined ? [] : objectsToMake(options.bundle);
	const found = huntResults(hunts, options.huntResults ?? {}, {
		objects: about,
		ownDomains: options.ownDomains ?? [],
		time: target.time,
		canQueue: target.type === 'Report',
	});
	const objects = withSeen(found.objects, about);
	const { stated } = found;
	const { queued, warnings } = found;
	const markings = options.atLeast.map(nameOfMarking);
	const made =
		objects.length === 0 ? nothing : await hold(platform, target, { objects, stated, atLeast: options.atLeast });
	const summary = summaryOf(KINDS[target.type], platform, target.stored);
	const whole = { ...summary, created: false, files: [], skippedFiles: [], ...made };
	return addFindings(platform, whole, { time: target.time, markings }, { notes: [], queued, warnings });
}

/** What was seen, of the bundle, before the sightings of it. */
function withSeen(objects: readonly AnyStixObject[], about: readonly AnyStixObject[]): AnyStixObject[] {
	const seen = new Set(objects.flatMap((object) => refsIn(object, 'sighting_of_ref')));
	const given = new Set(objects.map(({ id }) => id));
	return [...about.filter(({ id }) => seen.has(id) && !given.has(id)), ...objects];
}

interface Held {
	objects: readonly AnyStixObject[];
	stated: ReadonlySet<string>;
	atLeast: readonly MarkingNode[];
}

/** Makes objects, and puts them into what is there: nothing else of it is written. */
async function hold(
	platform: Platform,
	target: Target,
	{ objects, stated, atLeast }: Held,
): Promise<Pick<ImportedObjects, 'objects' | 'warnings' | 'complete'>> {
	const draft = {
		name: target.stored.name,
		description: '',
		content: '',
		markings: atLeast.map(({ standard_id }) => standard_id),
		labels: [],
		externalReferences: [],
		files: [],
		skippedFiles: [],
		objects: [],
		standardId: target.stored.standard_id,
		warnings: [],
	};
	const contents = { objects, options: { stated } };
	switch (target.type) {
		case 'Report': {
			const writer = { ...REPORT_WRITER, locate: () => Promise.resolve({ draft: report, existing: target.stored }) };
			const report = { ...draft, kind: 'report' as const, published: target.stored.published, reportTypes: [] };
			return createWithObjects(platform, writer, report, contents);
		}
		case 'Case-Incident': {
			const writer = {
				...CASE_WRITER,
				locate: () => Promise.resolve({ draft: incidentCase, existing: target.stored }),
			};
			const incidentCase = {
				...draft,
				kind: 'case' as const,
				created: target.stored.created,
				severity: target.stored.severity ?? '',
				priority: target.stored.priority ?? '',
				responseTypes: [],
				assignees: [],
				participants: [],
				thread: [],
			};
			return createWithObjects(platform, writer, incidentCase, contents);
		}
		case 'Incident': {
			const made = await importObjects(platform, objects, { stated }, atLeast);
			const summary = summaryOf(INCIDENTS, platform, target.stored);
			const incident = { ...summary, ...made, created: false, files: [], skippedFiles: [] };
			return linkToIncident(platform, incident, made.objects, atLeast);
		}
	}
}

/** A note for each hunt that looked for something: how many messages match, each of them in a row, and what is missing. */
const huntNotes = (hunts: readonly HuntFindings[], { huntResults: asked = {} }: AddOptions): string[] =>
	shownFindings(hunts, asked)
		.filter(({ idle }) => !idle)
		.map((hunt) => huntSection(hunt, OPENCTI_LIMITS.maxNoteRows).join('\n\n'));

/** What is added besides stays when a note fails. */
async function tryNotes(
	platform: Platform,
	about: { id: string },
	texts: Parameters<typeof addNotes>[2],
	atLeast: readonly MarkingNode[],
): Promise<ImportedObjects> {
	const tried = await attempt(() => addNotes(platform, about, texts, atLeast));
	if ('value' in tried) return tried.value;
	if (tried.isShared) throw tried.error;
	const message = `The note could not be added: ${tried.failure.message}`;
	return { objects: [], warnings: [{ code: 'note-not-added', message }], complete: false };
}
