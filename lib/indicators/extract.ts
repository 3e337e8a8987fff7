import type { Attachment, Email } from '../email';
import { INDICATOR_LIMITS } from '../limits';
import { finish, finishInTurns, type Steps } from '../steps';
import { Collector } from './collector';
import type { Indicator } from './indicator';
import {
	Lookalikes,
	mailboxAddress,
	ownDomainsOf,
	sightingsOf,
	UserLists,
	Vips,
	WarningListMatcher,
	type Judge,
} from './judgement';
import type { ExtractAsyncOptions, ExtractOptions } from './options';
import { messageFindings, Search, type ExtractInput } from './places';

/**
 * Finds the indicators of a message: in its header, subject, text, HTML, text-like attachments and attached messages.
 * One per value, in the order in which they are first met, each with its places. Never throws for what a message holds.
 * The time is linear in the size of the message, and has an end (`maxMilliseconds`); {@link extractIndicatorsAsync} lets others have their turn meanwhile.
 *
 * @throws SettingError `SETTING_INVALID` for a maximum that is not a number from 0 on
 */
export function extractIndicators(input: ExtractInput, options: ExtractOptions = {}): Indicator[] {
	return finish(indicatorSteps(input, options));
}

/**
 * As {@link extractIndicators}, with the same result, in turns of some 10 milliseconds, between which the event loop turns. Leave the
 * message as it is until then.
 *
 * @throws SettingError `SETTING_INVALID` for a maximum that is not a number from 0 on
 * @throws the reason of `signal` when it is aborted
 */
export async function extractIndicatorsAsync(
	input: ExtractInput,
	options: ExtractAsyncOptions = {},
): Promise<Indicator[]> {
	return await finishInTurns(indicatorSteps(input, options), options.signal);
}

/**
 * {@link extractIndicators} in steps, for work that it is a part of. Three stages: places give findings, of each finding come
 * judged sightings, the collector makes indicators of them.
 */
export function* indicatorSteps(input: ExtractInput, options: ExtractOptions): Steps<Indicator[]> {
	const collector = new Collector(options);
	const search = new Search(options);
	const email = 'headers' in input ? input : undefined;
	const ownDomains = options.ownDomains ?? ownDomainsOf(email?.source);
	const lookalikes = new Lookalikes([...ownDomains, ...(options.protectedDomains ?? [])]);
	const vips = new Vips(options.vipNames ?? []);
	const judge: Judge = {
		lists: new UserLists(ownDomains, options.allowList),
		recipients: email === undefined ? new Set() : recipientsOf(email),
		lookalikes: lookalikes.isEmpty ? undefined : lookalikes,
		vips: vips.isEmpty ? undefined : vips,
		warningLists: options.warningLists && WarningListMatcher.of(options.warningLists),
		wanted: options,
	};
	for (const findings of messageFindings(input, search)) {
		for (const finding of findings) for (const sighting of sightingsOf(finding, judge)) collector.add(sighting);
		if (search.isOutOfTime()) break;
		yield;
	}
	const { onWarning } = options;
	if (onWarning !== undefined)
		for (const warning of search.unsearched.warnings(email ?? {}, collector.omittedFindings)) onWarning(warning);
	return collector.finish();
}

/**
 * The addressees of a message and of those attached to it, and the mailbox itself. Whoever wrote a message is none of its addressees: a
 * sender who hides his victims in Bcc writes his own address into To.
 */
function recipientsOf(email: Email, depth = 0): Set<string> {
	const { from, sender, replyTo, to, cc, bcc, returnPath, headers, attachments, source } = email;
	const named = [...to, ...cc, ...bcc].map(({ address }) => address.toLowerCase());
	const delivered = headers
		.filter(({ name }) => /^(?:delivered-to|x-original-to|envelope-to)$/i.test(name))
		.map(({ value }) => value.replace(/[<>\s]/g, '').toLowerCase());
	const recipients = new Set([...named, ...delivered]);
	const senders = [...from, ...(sender === undefined ? [] : [sender]), ...replyTo].map(({ address }) => address);
	for (const address of [...senders, returnPath ?? '']) recipients.delete(address.replace(/[<>\s]/g, '').toLowerCase());
	const mailbox = mailboxAddress(source);
	if (mailbox !== undefined) recipients.add(mailbox);
	if (depth < INDICATOR_LIMITS.maxMessageDepth) {
		for (const attached of messagesIn(attachments))
			for (const address of recipientsOf(attached, depth + 1)) recipients.add(address);
	}
	return recipients;
}

/** The messages that are attached, those that lie in files included. */
function* messagesIn(attachments: readonly Attachment[]): Generator<Email> {
	for (const { email, opened } of attachments) {
		if (email !== undefined) yield email;
		if (opened !== undefined) yield* messagesIn(opened.children);
	}
}
