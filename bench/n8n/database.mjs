// What n8n keeps of its executions, read from its PostgreSQL.
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** n8n brings the driver. */
export async function openDatabase(installation, { host, port, user, database }) {
	const { Client } = createRequire(join(installation, 'package.json'))('pg');
	const client = new Client({ host, port, user, database });
	await client.connect();
	const rows = async (text, values = []) => (await client.query(text, values)).rows;
	return {
		/** Of a workflow, the oldest first: times in milliseconds, size of the data as text and as stored. */
		executions: async (workflowId) =>
			await rows(
				`select e.id::text, e.status, (extract(epoch from e."createdAt") * 1000)::float8 as created,
					(extract(epoch from e."startedAt") * 1000)::float8 as started,
					(extract(epoch from e."stoppedAt") * 1000)::float8 as stopped,
					octet_length(d.data) as text_bytes, pg_column_size(d.data) as stored_bytes
				from execution_entity e join execution_data d on d."executionId" = e.id
				where e."workflowId" = $1 order by e.id`,
				[workflowId],
			),
		data: async (id) => (await rows('select data from execution_data where "executionId" = $1', [id]))[0].data,
		/** Bytes that the database wrote to its log so far: everything that it stored, and what that took besides. */
		written: async () =>
			Number((await rows("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text as bytes"))[0].bytes),
		/** Transactions so far: n8n asks for most things in one of their own. */
		transactions: async () =>
			Number(
				(await rows('select xact_commit::text as count from pg_stat_database where datname = current_database()'))[0]
					.count,
			),
		/** Files of n8n's binary store: their number and bytes. */
		files: async () =>
			(await rows('select count(*)::int as count, coalesce(sum("fileSize"), 0)::float8 as bytes from binary_data'))[0],
		close: async () => await client.end(),
	};
}
