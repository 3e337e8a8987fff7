import type { StoredContainer } from '../documents';
import { together, type Begin, type Platform } from '../platform';
import { check, resolve, type Checked, type ContainerResult, type CreateOptions, type Resolved } from './container';
import type { ContainerDraft } from './draft';
import type { Located } from './locate';

/** A container that is about to be written, and everything that it refers to. */
export interface ToWrite<Draft extends ContainerDraft, Stored extends StoredContainer> extends Located<Draft, Stored> {
	resolved: Resolved;
	options: CreateOptions;
}

/** How one kind of container is found and written. */
export interface Writer<Draft extends ContainerDraft, Stored extends StoredContainer, Result extends ContainerResult> {
	/** What it refers to besides its own references. */
	complete?: (draft: Draft) => Draft;
	/** The one that is there; nothing is made. */
	locate: (platform: Platform, draft: Draft, options: CreateOptions) => Promise<Located<Draft, Stored>>;
	write: (platform: Platform, toWrite: ToWrite<Draft, Stored>) => Promise<Result>;
}

/** What was found out before anything was made. */
export interface Prepared<Draft extends ContainerDraft, Stored extends StoredContainer> {
	checked: Checked;
	located: Located<Draft, Stored>;
}

/** Asks for all that a container needs, at once. @throws OpenCtiError before anything is made */
export async function prepare<
	Draft extends ContainerDraft,
	Stored extends StoredContainer,
	Result extends ContainerResult,
>(
	platform: Platform,
	writer: Writer<Draft, Stored, Result>,
	draft: Draft,
	options: CreateOptions,
	begun: Begin,
): Promise<Prepared<Draft, Stored>> {
	const locating = begun(writer.locate(platform, writer.complete?.(draft) ?? draft, options));
	const checked = await check(platform, draft, options, begun);
	return { checked, located: await locating };
}

/** Makes or completes one container, then uploads its files one by one. */
export async function createContainer<
	Draft extends ContainerDraft,
	Stored extends StoredContainer,
	Result extends ContainerResult,
>(platform: Platform, writer: Writer<Draft, Stored, Result>, draft: Draft, options: CreateOptions): Promise<Result> {
	return platform.exclusive.run(keysOf(draft), () =>
		together(async (begun) => {
			const { checked, located } = await prepare(platform, writer, draft, options, begun);
			const resolved = await resolve(platform, located.draft, checked, options, begun);
			return writer.write(platform, { ...located, resolved, options });
		}),
	);
}

/** What must not be worked on twice at the same moment: the same name and date, and messages of one conversation. */
export function keysOf({
	standardId,
	messageId,
	bytesId,
	thread = [],
}: ContainerDraft & { thread?: readonly string[] }): string[] {
	return [
		...new Set([
			standardId,
			...[messageId, bytesId, ...thread].flatMap((id) => (id === undefined ? [] : `message ${id}`)),
		]),
	];
}
