//! The session's thread: one connection, one timer, and the client machine between them.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::{future::Future, io};

use async_channel::Receiver;
use parlor_core::client::{Input, Loss, Output};
use parlor_core::hub::Closing;
use smol::future::{or, pending};
use smol::{LocalExecutor, Task, Timer};

use super::{Face, Shared, Time};
use crate::connection::{Connection, close, is_transient};
use crate::dial::{Dial, lost};

/// One read; also how much a flooding server can make the client take before the person's wishes come next.
const READ_BYTES_MAX: usize = 64 * 1024;

/// Runs until all is said.
pub(super) fn run<D: Dial, F: Face>(shared: &Arc<Shared>, woken: &Receiver<()>, dial: &D, face: &F) {
    let executor = LocalExecutor::new();
    let driver = Driver {
        shared,
        woken,
        dial,
        face,
        executor: &executor,
        dialling: None,
        connection: None,
        blocked: false,
        closing: Vec::new(),
        buffer: vec![0; READ_BYTES_MAX].into_boxed_slice(),
    };
    smol::block_on(executor.run(driver.run()));
    face.finished();
    shared.finish();
}

type Dialling<'a, C> = Pin<Box<dyn Future<Output = Result<C, Loss>> + 'a>>;

struct Driver<'a, D: Dial, F: Face> {
    shared: &'a Shared,
    woken: &'a Receiver<()>,
    dial: &'a D,
    face: &'a F,
    executor: &'a LocalExecutor<'static>,
    dialling: Option<Dialling<'a, D::Connection>>,
    connection: Option<Rc<D::Connection>>,
    /// The connection took less than it was offered.
    blocked: bool,
    /// Connections that are being closed in peace.
    closing: Vec<Task<()>>,
    buffer: Box<[u8]>,
}

/// What the driver was waiting for.
enum Event<C> {
    Woken,
    Dialled(Result<C, Loss>),
    Readable(io::Result<()>),
    Writable(io::Result<()>),
    Due,
}

impl<D: Dial, F: Face> Driver<'_, D, F> {
    async fn run(mut self) {
        loop {
            if self.perform().is_break() {
                break;
            }
            let event = self.wait().await;
            self.take(event);
        }
        for task in self.closing {
            task.await;
        }
    }

    /// Does everything the client wants; breaks once all is said.
    fn perform(&mut self) -> std::ops::ControlFlow<()> {
        let mut changed = false;
        loop {
            // The lock is not held while an output is performed.
            let next = self.shared.lock().outputs.pop_front();
            let Some(output) = next else { break };
            match output {
                Output::Connect => {
                    self.connection = None;
                    self.dialling = Some(Box::pin(self.dial.dial()));
                }
                Output::Wake => self.write(),
                Output::Disconnect(how) => self.disconnect(how),
                Output::Changed => changed = true,
                Output::Remember(token) => self.face.remember(&token),
                Output::Notify(call) => self.face.notify(&call),
                Output::Keep(keepsake) => self.face.keep(&keepsake),
                Output::Finished => return std::ops::ControlFlow::Break(()),
            }
        }
        if changed {
            self.face.changed();
        }
        std::ops::ControlFlow::Continue(())
    }

    fn disconnect(&mut self, how: Closing) {
        self.dialling = None;
        self.blocked = false;
        if let Some(connection) = self.connection.take() {
            self.closing.retain(|task| !task.is_finished());
            self.closing.push(self.executor.spawn(async move { close(&*connection, how).await }));
        }
    }

    /// Waits for whatever comes first. What is due is looked at in any case, so that a flood cannot hold it off.
    async fn wait(&mut self) -> Event<D::Connection> {
        let Some(due) = self.due() else { return Event::Due };
        let Self { woken, dialling, connection, blocked, .. } = self;
        let connection = connection.as_deref();
        let woken = async {
            match woken.recv().await {
                Ok(()) => Event::Woken,
                Err(_) => pending().await,
            }
        };
        let dialled = async {
            match dialling {
                Some(dialling) => Event::Dialled(dialling.await),
                None => pending().await,
            }
        };
        let readable = async {
            match connection {
                Some(connection) => Event::Readable(connection.readable().await),
                None => pending().await,
            }
        };
        let writable = async {
            match connection {
                Some(connection) if *blocked => Event::Writable(connection.writable().await),
                Some(_) | None => pending().await,
            }
        };
        let due = async {
            due.await;
            Event::Due
        };
        or(woken, or(dialled, or(writable, or(readable, due)))).await
    }

    /// The timer of the next deadline; `None` if one has passed just now and there is something to do.
    fn due(&self) -> Option<Timer> {
        let next = self.shared.tick();
        if !self.shared.lock().outputs.is_empty() {
            return None;
        }
        let Time::Real(clock) = &self.shared.time else { return Some(Timer::never()) };
        Some(next.and_then(|at| clock.to_std(at)).map_or_else(Timer::never, Timer::at))
    }

    fn take(&mut self, event: Event<D::Connection>) {
        match event {
            // Outputs and deadlines are looked at before the next wait anyway.
            Event::Woken | Event::Due => {}
            Event::Dialled(Ok(connection)) => {
                self.dialling = None;
                self.connection = Some(Rc::new(connection));
                self.blocked = false;
                self.shared.report(Input::Connected);
            }
            Event::Dialled(Err(why)) => {
                self.dialling = None;
                self.shared.report(Input::Lost(why));
            }
            Event::Readable(Ok(())) => self.read(),
            Event::Writable(Ok(())) => {
                self.blocked = false;
                self.write();
            }
            Event::Readable(Err(error)) | Event::Writable(Err(error)) => self.lost(lost(&error)),
        }
    }

    fn read(&mut self) {
        let Some(connection) = &self.connection else { return };
        match connection.try_read(&mut self.buffer) {
            Ok(0) => self.lost(Loss::Closed),
            Ok(read) => self.shared.report(Input::Received(&self.buffer[..read])),
            Err(error) if is_transient(&error) => {}
            Err(error) => self.lost(lost(&error)),
        }
    }

    fn write(&mut self) {
        let Some(connection) = &self.connection else { return };
        if self.blocked {
            return;
        }
        let result = loop {
            let mut inner = self.shared.lock();
            let bytes = inner.client.transmit();
            if bytes.is_empty() {
                break Ok(());
            }
            match connection.try_write(bytes) {
                Ok(0) => break Err(io::ErrorKind::WriteZero.into()),
                Ok(taken) => inner.client.transmitted(taken),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.blocked = true;
                    break Ok(());
                }
                Err(error) if is_transient(&error) => {}
                Err(error) => break Err(error),
            }
        };
        if let Err(error) = result {
            self.lost(lost(&error));
        }
    }

    fn lost(&mut self, why: Loss) {
        self.connection = None;
        self.blocked = false;
        self.shared.report(Input::Lost(why));
    }
}
