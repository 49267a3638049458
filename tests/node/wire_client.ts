// A client as a bot has it: commands from stdin, a JSON object a line, sent with the code that flatc
// generates from the schemas; their outcomes on stdout, a line each, in the words of the JSON
// answer. Arguments: the server's URL and a token.
import * as flatbuffers from 'flatbuffers';

import { Command } from './generated/datadrop/wire/command';
import { CommandKind } from './generated/datadrop/wire/command-kind';
import { CommandRequest } from './generated/datadrop/wire/command-request';
import { Count } from './generated/datadrop/wire/count';
import { OnConflict } from './generated/datadrop/wire/on-conflict';
import { Outcome } from './generated/datadrop/wire/outcome';
import { OutcomeKind } from './generated/datadrop/wire/outcome-kind';
import { OutcomeResponse } from './generated/datadrop/wire/outcome-response';
import { Payload } from './generated/datadrop/wire/payload';
import { State } from './generated/datadrop/wire/state';
import { StatedState } from './generated/datadrop/wire/stated-state';

declare const process: {
  argv: string[];
  stdin: AsyncIterable<Uint8Array>;
  stdout: { write(text: string): void };
};

type Fields = { [name: string]: any };

function addCommand(out: flatbuffers.Builder, c: Fields): flatbuffers.Offset {
  const text = (value?: string) => (value === undefined ? 0 : out.createString(value));
  const email = text(c.payload?.email);
  const campaign = text(c.payload?.campaign_id);
  Payload.startPayload(out);
  Payload.addEmail(out, email);
  Payload.addCampaignId(out, campaign);
  if (c.payload?.outcome) Payload.addOutcome(out, State[c.payload.outcome as keyof typeof State]);
  const payload = Payload.endPayload(out);
  const key = text(c.idempotency_key);
  const reason = text(c.reason);
  const actor = text(c.actor);
  Command.startCommand(out);
  Command.addGuildId(out, BigInt(c.guild_id));
  Command.addUserId(out, BigInt(c.user_id));
  Command.addCommand(out, CommandKind[c.command as keyof typeof CommandKind]);
  Command.addPayload(out, payload);
  Command.addIdempotencyKey(out, key);
  Command.addReason(out, reason);
  Command.addActor(out, actor);
  if ('expected_version' in c)
    Command.addExpectedVersion(out, Count.createCount(out, BigInt(c.expected_version)));
  if ('expected_state' in c)
    Command.addExpectedState(
      out,
      StatedState.createStatedState(out, State[c.expected_state as keyof typeof State]),
    );
  if ('expected_lifecycle' in c)
    Command.addExpectedLifecycle(out, Count.createCount(out, BigInt(c.expected_lifecycle)));
  if ('on_conflict' in c)
    Command.addOnConflict(out, OnConflict[c.on_conflict as keyof typeof OnConflict]);
  return Command.endCommand(out);
}

function requestOf(command: Fields): Uint8Array {
  const out = new flatbuffers.Builder();
  const packed = addCommand(out, command);
  CommandRequest.startCommandRequest(out);
  CommandRequest.addCommand(out, packed);
  CommandRequest.finishCommandRequestBuffer(out, CommandRequest.endCommandRequest(out));
  return out.asUint8Array();
}

function fieldsOf(o: Outcome): Fields {
  const fields: Fields = { outcome: OutcomeKind[o.outcome()] };
  const add = (name: string, value: unknown) => {
    if (value) fields[name] = value;
  };
  add('guild_id', o.guildId() && String(o.guildId()));
  add('user_id', o.userId() && String(o.userId()));
  add('state', o.state() && State[o.state()]);
  const version = o.version();
  if (version) fields.version = Number(version.value());
  const lifecycle = o.lifecycle();
  if (lifecycle) fields.lifecycle = Number(lifecycle.value());
  add('position', o.position() && String(o.position()));
  add('attempts', o.attempts());
  add('code', o.code());
  const replayed = o.replayed();
  if (replayed) fields.replayed = replayed.value();
  return fields;
}

async function submit(server: string, token: string, command: Fields): Promise<Fields> {
  const answer = await fetch(`${server}/v1/commands`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-flatbuffers' },
    body: requestOf(command) as any,
  });
  const body = new Uint8Array(await answer.arrayBuffer());
  if (answer.headers.get('content-type') !== 'application/x-flatbuffers') {
    const problem = JSON.parse(new TextDecoder().decode(body));
    return { status: answer.status, code: problem.code, detail: problem.detail };
  }
  const response = OutcomeResponse.getRootAsOutcomeResponse(new flatbuffers.ByteBuffer(body));
  return { status: answer.status, ...fieldsOf(response.outcome()!) };
}

async function main(server: string, token: string): Promise<void> {
  const pieces: Uint8Array[] = [];
  for await (const piece of process.stdin) pieces.push(piece);
  const input = pieces.map((piece) => new TextDecoder().decode(piece)).join('');
  for (const line of input.split('\n').filter((text) => text !== ''))
    process.stdout.write(`${JSON.stringify(await submit(server, token, JSON.parse(line)))}\n`);
}

main(process.argv[2]!, process.argv[3]!);
