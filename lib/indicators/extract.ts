import type { Email } from '../email';
import { finish, finishInTurns, type Steps } from '../steps';
import { Collector } from './collector';
import type { Indicator } from './indicator';
import { sightingsOf, UserLists, type Judge } from './judgement';
import type { ExtractAsyncOptions, ExtractOptions } from './options';
import { messageFindings, Search, type ExtractInput } from './places';

/**
 * Finds the indicators of a message: in its header, subject, text, HTML, text-like attachments and attached messages.
 * One per value, in the order in which they are first met, each with its places. Never throws for what a message holds.
 * The time is linear in the size of the message; {@link extractIndicatorsAsync} lets others have their turn meanwhile.
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
	const judge: Judge = {
		lists: new UserLists(options.ownDomains, options.allowList),
		recipients: email === undefined ? new Set() : recipientsOf(email),
	};
	for (const findings of messageFindings(input, search)) {
		for (const finding of findings) for (const sighting of sightingsOf(finding, judge)) collector.add(sighting);
		yield;
	}
	const { onWarning } = options;
	if (onWarning !== undefined)
		for (const warning of search.unsearched.warnings(email ?? {}, collector.omittedFindings)) onWarning(warning);
	return collector.finish();
}

function recipientsOf(email: Email): ReadonlySet<string> {
	const addresses = [...email.to, ...email.cc, ...email.bcc].map(({ address }) => address.toLowerCase());
	const delivered = email.headers
		.filter(({ name }) => /^(?:delivered-to|x-original-to|envelope-to)$/i.test(name))
		.map(({ value }) => value.replace(/[<>\s]/g, '').toLowerCase());
	return new Set([...addresses, ...delivered]);
}
