//! The command line.

use clap::{Parser, ValueEnum};

/// Chat in rooms: the desktop client of Parlor.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "parlor-gui",
    version,
    about = "Chat in rooms: the desktop client of Parlor.",
    after_help = "Examples:\n  \
        parlor-gui                                        ask whom to connect to\n  \
        parlor-gui parlor://127.0.0.1:7667 --nick ada     a Parlor server on this machine\n  \
        parlor-gui parlor://chat.example.org/garden       and straight into a room\n  \
        parlor-gui nic://127.0.0.1:9090                   a server of the Messenger tutorial\n  \
        parlor-gui prompt://127.0.0.1:53000               a server of the ChatRoom tutorial"
)]
pub struct Args {
    /// The server: parlor://HOST:PORT[/ROOM], nic://HOST:PORT or prompt://HOST:PORT. Without it a dialog asks.
    #[arg(value_name = "URL")]
    pub url: Option<String>,
    /// The name the others shall see; without it the last one, or that of the system's user.
    #[arg(long, value_name = "NAME")]
    pub nick: Option<String>,
    /// What draws the window; glow is for old graphics and virtual machines.
    #[arg(long, value_name = "NAME", default_value = "wgpu")]
    pub renderer: Renderer,
}

/// What draws the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Renderer {
    /// Vulkan, Metal, Direct3D 12 or OpenGL, whichever is there.
    Wgpu,
    /// OpenGL.
    Glow,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
