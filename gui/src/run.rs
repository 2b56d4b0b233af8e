//! The program: from the command line to the last goodbye.

use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eframe::egui::{self, IconData, ViewportBuilder};
use parlor_core::client::Profile;
use parlor_face::kept::Kept;
use parlor_face::notify::Notifier;
use parlor_transport_tcp::session::Session;
use parlor_transport_tcp::target::Target;

use crate::app::{App, Dial};
use crate::args::{Args, Renderer};
use crate::connect::Form;

/// Whether the window has come up. Until then a panic means that the system lacks something.
static UP: AtomicBool = AtomicBool::new(false);

/// How long the program may take to end after a signal: more than the goodbyes, what is kept and the hosted server take.
const END_MAX: Duration = Duration::from_secs(18);

/// Signals so close together are one wish.
const SAME_WISH: Duration = Duration::from_secs(1);

/// Opens the window and returns once it is closed.
///
/// # Errors
/// One plain sentence: the URL is wrong, or the window cannot be opened.
pub fn run(args: Args) -> Result<(), String> {
    let target = args.url.as_deref().map(Target::parse).transpose()?;
    need_display()?;
    hush_panics_of_the_start();
    let started = catch_unwind(AssertUnwindSafe(|| {
        eframe::run_native(
            "Parlor",
            options(args.renderer),
            Box::new(move |cc| {
                let app = begin(&cc.egui_ctx, target.as_ref(), args.nick.as_deref());
                UP.store(true, Ordering::Release);
                Ok(Box::new(app))
            }),
        )
    }));
    match started {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(refused(args.renderer, &error)),
        Err(panic) if UP.load(Ordering::Acquire) => std::panic::resume_unwind(panic),
        Err(panic) => Err(no_window(said(panic.as_ref()))),
    }
}

/// What the window begins with: the dialog as it was left last time, or the server that was named.
fn begin(ctx: &egui::Context, target: Option<&Target>, nick: Option<&str>) -> App {
    let (kept, no_home) = match Kept::of_this_person() {
        Ok(kept) => (Some(kept), None),
        Err(why) => (None, Some(why)),
    };
    let loaded = kept.as_ref().map(Kept::connect);
    let warning = no_home.or_else(|| loaded.as_ref().and_then(|loaded| loaded.warning.clone()));
    let mut last = loaded.map(|loaded| loaded.value).unwrap_or_default();
    if let Some(nick) = nick {
        nick.clone_into(&mut last.nick);
    } else if last.nick.is_empty() {
        last.nick = user_name();
    }
    let read = kept.as_ref().map(Kept::settings).unwrap_or_default();
    let language = read.settings.speech();
    let warning = warning.map(|fault| fault.sentence(language));
    let warning = warning.or_else(|| read.troubles.first().map(|trouble| trouble.sentence(language)));
    let mut app = App::asking(ctx, Form::kept(&last), kept.clone(), dial(kept));
    app.set(ctx, read.settings);
    app.notify_by(Notifier::desktop());
    if let Some(target) = target {
        app.connect(ctx, target, &last.nick);
    }
    let end = app.ender(ctx);
    parlor_face::signals::watch(parlor_face::signals::insist(end, out, SAME_WISH, END_MAX));
    if let Some(warning) = warning {
        app.warn(warning);
    }
    app
}

/// Ends the program without waiting for anything.
fn out(signal: i32) {
    // Nobody may listen any more.
    let _ = writeln!(io::stderr(), "parlor-gui: The program was ended before everything was said and kept.");
    std::process::exit(128 + signal);
}

fn dial(kept: Option<Kept>) -> Dial {
    Box::new(move |target, nick, keepsake, bell| {
        let server = target.authority();
        let token = kept.as_ref().and_then(|kept| kept.token(&server, nick).value);
        let profile = Profile {
            room: target.room.clone(),
            token,
            keepsake,
            ..Profile::new(target.dialect, &target.to_string(), nick, concat!("parlor-gui/", env!("CARGO_PKG_VERSION")))
        };
        Session::start(target.clone(), profile, bell.clone())
    })
}

fn options(renderer: Renderer) -> eframe::NativeOptions {
    eframe::NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Parlor")
            .with_app_id("parlor-gui")
            .with_icon(icon())
            .with_inner_size([960.0, 640.0])
            .with_min_inner_size([320.0, 260.0]),
        renderer: match renderer {
            Renderer::Wgpu => eframe::Renderer::Wgpu,
            Renderer::Glow => eframe::Renderer::Glow,
        },
        ..eframe::NativeOptions::default()
    }
}

/// The window's icon; none at all is no reason not to open.
fn icon() -> IconData {
    eframe::icon_data::from_png_bytes(include_bytes!("../assets/parlor-gui.png")).unwrap_or_default()
}

/// The name of the system's user, as the first nickname.
fn user_name() -> String {
    let name = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    parlor_core::name::Nick::coerce(&name.unwrap_or_default()).as_str().to_owned()
}

/// On systems where the display is named by the environment: says so when it is not.
fn need_display() -> Result<(), String> {
    let by_environment = cfg!(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android"))));
    let named = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if by_environment && !["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"].into_iter().any(named) {
        return Err("There is no screen to draw on (neither DISPLAY nor WAYLAND_DISPLAY is set); \
                    use parlor-tui in a terminal."
            .into());
    }
    Ok(())
}

/// Libraries that are missing make themselves known by a panic before the window is up; it becomes one sentence.
fn hush_panics_of_the_start() {
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if UP.load(Ordering::Acquire) {
            loud(info);
        }
    }));
}

fn said(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("something went wrong")
}

/// Why eframe opened no window, and what may help.
fn refused(renderer: Renderer, error: &eframe::Error) -> String {
    let drawing = match error {
        eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_) | eframe::Error::AppCreation(_) => false,
        eframe::Error::Glutin(_)
        | eframe::Error::NoGlutinConfigs(..)
        | eframe::Error::OpenGL(_)
        | eframe::Error::Wgpu(_) => true,
    };
    let sentence = no_window(&error.to_string());
    match renderer {
        Renderer::Wgpu if drawing => format!("{sentence} Perhaps --renderer glow helps."),
        Renderer::Wgpu | Renderer::Glow => sentence,
    }
}

fn no_window(why: &str) -> String {
    if why.contains("xkbcommon-x11") {
        return "The library libxkbcommon-x11 is missing; on Debian and Ubuntu, \
                `apt install libxkbcommon-x11-0` brings it."
            .into();
    }
    let first = why.lines().next().unwrap_or_default();
    // Some errors begin with the line of source that noticed them, which helps nobody here.
    let plain = if first.contains("os error at") { first.rsplit(": ").next().unwrap_or(first) } else { first };
    format!("The window cannot be opened: {}.", plain.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_is_one() {
        let IconData { rgba, width, height } = icon();
        assert_eq!((width, height, rgba.len()), (256, 256, 256 * 256 * 4));
    }

    #[test]
    fn what_keeps_the_window_from_opening_is_said_in_one_sentence() {
        let missing = no_window("Library libxkbcommon-x11.so could not be loaded.");
        assert!(missing.starts_with("The library libxkbcommon-x11 is missing"), "{missing}");
        let refused =
            no_window("winit EventLoopError: os error at /src/mod.rs:788: Failed to open connection to X server");
        assert_eq!(refused, "The window cannot be opened: Failed to open connection to X server.");
        assert_eq!(no_window("No adapter.\nmore"), "The window cannot be opened: No adapter.");
    }
}
