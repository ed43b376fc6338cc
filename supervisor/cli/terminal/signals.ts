// The signals that stop a command, with their exit codes, and SIGHUP, which makes a server reload.

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

export interface StopRequest {
  signal: keyof typeof exitCodes;
  exitCode: number;
}

/** Signals that came before anything waited for them. */
const held = new Set<NodeJS.Signals>();
const hold = (signal: NodeJS.Signals) => void held.add(signal);
const heldSignals = [...(Object.keys(exitCodes) as StopRequest["signal"][]), "SIGHUP"] as const;

/** From now on signals wait for `stopRequest`, `onStopSignals` and `onHangUp`, instead of ending the process. */
export function holdSignals(): void {
  for (const signal of heldSignals) process.on(signal, hold);
}

/** Whether the signal came while it was held. */
function release(signal: NodeJS.Signals): boolean {
  process.off(signal, hold);
  return held.delete(signal);
}

/** Resolves at the first signal; a second one ends the process, which is its default action. */
export function stopRequest(): Promise<StopRequest> {
  return new Promise((resolve) => {
    for (const signal of Object.keys(exitCodes) as (keyof typeof exitCodes)[]) {
      const stop = () => resolve({ signal, exitCode: exitCodes[signal] });
      if (release(signal)) stop();
      else process.once(signal, stop);
    }
  });
}

/** Says on stderr, since stdout is for results, that a signal has ended the command. Returns the exit code. */
export function endedBy({ signal, exitCode }: StopRequest, command: string, rest = ""): number {
  process.stderr.write(`drum ${command}: ended by ${signal}${rest}\n`);
  return exitCode;
}

/** Calls the listener at every stop signal, so that it can forward it. Returns a function that removes the listener. */
export function onStopSignals(listener: (signal: StopRequest["signal"], times: number) => void): () => void {
  let times = 0;
  const take = (signal: NodeJS.Signals) => listener(signal as StopRequest["signal"], ++times);
  const signals = Object.keys(exitCodes) as StopRequest["signal"][];
  for (const signal of signals) {
    process.on(signal, take);
    if (release(signal)) take(signal);
  }
  release("SIGHUP");
  return () => {
    for (const signal of signals) process.off(signal, take);
  };
}

/** Calls the listener at SIGHUP. A SIGHUP during a call causes one more call. */
export function onHangUp(listener: () => unknown): void {
  let isAsked = release("SIGHUP");
  let isWorking = false;
  const work = async () => {
    if (isWorking) return;
    isWorking = true;
    while (isAsked) {
      isAsked = false;
      await listener();
    }
    isWorking = false;
  };
  process.on("SIGHUP", () => {
    isAsked = true;
    void work();
  });
  void work();
}
