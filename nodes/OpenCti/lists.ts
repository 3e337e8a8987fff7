import type { ILoadOptionsFunctions, INodeListSearchResult, INodePropertyOptions } from 'n8n-workflow';
import type { Choice, Choices } from '../../lib/opencti';
import { toNodeError } from '../shared/errors';
import { listOf } from '../shared/operation';
import { openCtiClient } from './platform';

/** What the platform of the chosen credential offers. */
async function ask(context: ILoadOptionsFunctions, what: (choices: Choices) => Promise<Choice[]>): Promise<Choice[]> {
	try {
		const client = openCtiClient(await context.getCredentials('emailIntelOpenCtiApi'));
		try {
			return await what(client.choices);
		} finally {
			await client.close();
		}
	} catch (error) {
		throw toNodeError(context.getNode(), error);
	}
}

/** The live list of a field of several values. Those that are set and that the platform does not have yet stay in it. */
const several = (field: string, what: (choices: Choices) => Promise<Choice[]>) =>
	async function (this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const offered = await ask(this, what);
		const known = new Set(offered.map(({ value }) => value));
		// In the collection of options, or beside it.
		const set: unknown = this.getCurrentNodeParameter(`options.${field}`) ?? this.getCurrentNodeParameter(field);
		const chosen = Array.isArray(set) ? set.filter((value) => typeof value === 'string') : listOf(set);
		const unknown = chosen.filter((value) => !value.startsWith('=') && !known.has(value));
		return [...offered, ...unknown.map((value) => ({ value, name: `${value} (not on the platform)` }))];
	};

/** The live list behind a field that takes one thing, narrowed by what the user types. */
const one = (what: (choices: Choices, search?: string) => Promise<Choice[]>) =>
	async function (this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
		return { results: await ask(this, async (choices) => await what(choices, filter)) };
	};

export const loadOptions = {
	getLabels: several('labels', async (choices) => await choices.labels()),
	getMarkings: several('markings', async (choices) => await choices.markings()),
	getReportTypes: several('reportTypes', async (choices) => await choices.vocabulary('report_types_ov')),
	getResponseTypes: several('responseTypes', async (choices) => await choices.vocabulary('incident_response_types_ov')),
	getIncidentTypes: several('incidentType', async (choices) => await choices.vocabulary('incident_type_ov')),
	getReliabilities: several('reliability', async (choices) => await choices.vocabulary('reliability_ov')),
};

export const listSearch = {
	searchAuthors: one(async (choices, search) => await choices.authors(search)),
	searchReports: one(async (choices, search) => await choices.reports(search)),
	searchDrafts: one(async (choices, search) => await choices.drafts(search)),
};
