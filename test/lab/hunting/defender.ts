import { LabRefusal, type GraphService } from '../graph';
import { faultsOfShape } from './analyser';
import { evaluate, type KqlSwitches } from './kql';
import { checked } from './metadata';
import { SCHEMA, type Row, type TableName, type Tables, type Value } from './tables';

export interface DefenderSwitches extends KqlSwitches {
	/** Rows of an answer, whatever the query says: what is beyond is cut without a word. */
	cap: number;
	/** What lists and bags become where they are not written as text. */
	times: 'iso' | 'seven-digits';
}

export const DEFENDER_DEFAULTS: DefenderSwitches = {
	fold: 'unicode',
	ties: 'first',
	sets: 'as-read',
	cap: 100_000,
	times: 'seven-digits',
};

export const emptyTables = (): Tables => ({
	EmailEvents: [],
	EmailUrlInfo: [],
	EmailAttachmentInfo: [],
	UrlClickEvents: [],
	EmailPostDeliveryEvents: [],
});

/**
 * `POST /security/runHuntingQuery`, as the page "security: runHuntingQuery" of Microsoft Graph describes it. A query is taken only if
 * Microsoft's own analyser finds no fault in it; then what hunts send is evaluated, and nothing else.
 */
export class DefenderLab implements GraphService {
	readonly path = 'security/runHuntingQuery';
	tables: Partial<Tables> = emptyTables();
	switches = DEFENDER_DEFAULTS;
	queries: string[] = [];
	/** Whether the analyser looks at each query: it takes some milliseconds. */
	isAnalysed = true;
	/** Rows above which an answer is refused as too large, and the words for it. */
	maxAnswer?: { rows: number; said: string };
	/** Takes the place of an answer. */
	tamper?: (answer: { results: Row[] }) => unknown;

	async answer({ method, body, headers, claims }: Parameters<GraphService['answer']>[0]): Promise<unknown> {
		if (method !== 'POST') throw new LabRefusal(405, 'MethodNotAllowed', 'Only POST.');
		if (!(claims.roles ?? []).includes('ThreatHunting.Read.All'))
			throw new LabRefusal(403, 'Forbidden', 'Insufficient privileges to complete the operation.');
		const isUtf8 = /charset=utf-8/i.test(headers['content-type'] ?? '');
		// What the page warns of: without the charset, letters beyond ASCII are not what was written.
		const {
			Query: query,
			Timespan: span,
			...others
		} = JSON.parse(body.toString(isUtf8 ? 'utf8' : 'latin1')) as Record<string, unknown>;
		if (typeof query !== 'string' || Object.keys(others).length > 0)
			throw new LabRefusal(400, 'BadRequest', 'The body must have Query and may have Timespan.');
		this.queries.push(query);
		const missing = (Object.keys(SCHEMA) as TableName[]).find(
			(name) => this.tables[name] === undefined && new RegExp(`\\b${name}\\b`).test(query),
		);
		if (missing !== undefined)
			throw new LabRefusal(
				400,
				'BadRequest',
				`'where' operator: Failed to resolve table or column expression named '${missing}'. Fix semantic errors in your query.`,
			);
		const faults = this.isAnalysed ? await faultsOfShape(query) : [];
		if (faults.length > 0) throw new LabRefusal(400, 'BadRequest', faults.join(' '));
		const since = Date.parse(String(span));
		if (Number.isNaN(since)) throw new LabRefusal(400, 'BadRequest', 'The Timespan cannot be read.');
		const rows = evaluate(query, this.#within(since), this.switches).slice(0, this.switches.cap);
		if (this.maxAnswer !== undefined && rows.length > this.maxAnswer.rows)
			throw new LabRefusal(400, 'BadRequest', this.maxAnswer.said);
		const answer = checked('huntingQueryResults', {
			schema: Object.keys(rows[0] ?? {}).map((name) => ({ name, type: 'String' })),
			results: rows.map((row) => this.#written(row)),
		});
		return this.tamper === undefined ? answer : this.tamper(answer);
	}

	#within(since: number): Partial<Tables> {
		return Object.fromEntries(
			Object.entries(this.tables).map(([name, rows]) => [
				name,
				rows.filter(({ Timestamp: time }) => (time as Date).getTime() >= since),
			]),
		);
	}

	#written(row: Row): Row {
		const written = (value: Value): Value => {
			if (!(value instanceof Date)) return value;
			const iso = value.toISOString();
			return this.switches.times === 'iso' ? iso : iso.replace('Z', '4321Z');
		};
		return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, written(value)]));
	}
}
