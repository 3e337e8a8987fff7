import type { INodeProperties } from 'n8n-workflow';
import { kindsWith, type ConnectionKind } from '../../shared/connections';
import type { OperationModule } from '../../shared/operation';
import type { Mailboxes } from '../connection';
import * as draftReply from './draftReply.operation';
import * as flag from './flag.operation';
import * as get from './get.operation';
import * as getAttachments from './getAttachments.operation';
import * as markAsRead from './markAsRead.operation';
import * as move from './move.operation';
import * as search from './search.operation';

export const operations = { draftReply, flag, get, getAttachments, markAsRead, move, search } satisfies Record<
	string,
	OperationModule<Mailboxes>
>;

const operationProperty = (connection: ConnectionKind[], options: INodeProperties['options']): INodeProperties => ({
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['message'], connection } },
	options,
	default: 'get',
});

export const description: INodeProperties[] = [
	operationProperty(
		kindsWith(({ readOnly }) => readOnly === undefined),
		[draftReply.option, flag.option, get.option, getAttachments.option, markAsRead.option, move.option, search.option],
	),
	operationProperty(
		kindsWith(({ readOnly }) => readOnly !== undefined),
		[draftReply.option, get.option, getAttachments.option, search.option],
	),
	...draftReply.description,
	...get.description,
	...getAttachments.description,
	...search.description,
	...markAsRead.description,
	...flag.description,
	...move.description,
];
