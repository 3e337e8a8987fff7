import type { HuntPlan } from './plan';
import type { HuntLanguage } from './target';

/** What hunts of one run will cost, before they are run. */
export interface HuntCost {
	/** Different queries: each is asked once, whichever hunts need it. */
	queries: number;
	/** Requests that these take at least; more where the answers have several pages. */
	requests: number;
	/** Minutes that pass at least, because the target takes so many requests in so many minutes. 0 where it does not count them. */
	minutes: number;
}

/** What these plans cost together. */
export function costOf(
	language: Pick<HuntLanguage<never>, 'requestsOf' | 'pace'>,
	plans: readonly HuntPlan[],
): HuntCost {
	const queries = new Set(plans.flatMap((plan) => plan.queries));
	let requests = 0;
	for (const query of queries) requests += language.requestsOf?.(query) ?? 1;
	const { pace } = language;
	const minutes = pace === undefined ? 0 : Math.max(0, Math.ceil(requests / pace.requests) - 1) * pace.minutes;
	return { queries: queries.size, requests, minutes };
}
