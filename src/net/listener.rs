//! Where others connect: an address of this machine, or a socket in its file system.

use std::io;
use std::net::IpAddr;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::bail;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio_util::either::Either;

use crate::domain::listen::Listen;

/// A bound socket. That in the file system goes with it.
pub enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener, PathBuf),
}

/// An open connection.
pub type Stream = Either<TcpStream, UnixStream>;

impl Listener {
    /// An error says why, but not where.
    pub async fn bind(listen: &Listen) -> anyhow::Result<Self> {
        match listen {
            Listen::Tcp(address) => Ok(Self::Tcp(TcpListener::bind(address).await?)),
            Listen::Unix(path) => {
                remove_stale(path).await?;
                let listener = UnixListener::bind(path)?;
                // Whoever connects is another user, of our group.
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))?;
                Ok(Self::Unix(listener, path.clone()))
            }
        }
    }

    /// Where it listens: the port is known only now if 0 was asked for.
    pub fn address(&self) -> String {
        match self {
            Self::Tcp(listener) => listener.local_addr().map(|address| address.to_string()).unwrap_or_default(),
            Self::Unix(_, path) => format!("unix:{}", path.display()),
        }
    }

    /// A connection and whose it is; over a socket of this machine nobody's who has an address.
    pub async fn accept(&self) -> io::Result<(Stream, Option<IpAddr>)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                // Answers are small and whole: no sense in waiting for more to send along.
                let _ = stream.set_nodelay(true);
                Ok((Either::Left(stream), Some(peer.ip())))
            }
            Self::Unix(listener, _) => Ok((Either::Right(listener.accept().await?.0), None)),
        }
    }
}

/// A connection to where somebody listens.
pub async fn connect(listen: &Listen) -> io::Result<Stream> {
    match listen {
        Listen::Tcp(address) => TcpStream::connect(address).await.map(Either::Left),
        Listen::Unix(path) => UnixStream::connect(path).await.map(Either::Right),
    }
}

impl From<TcpListener> for Listener {
    fn from(listener: TcpListener) -> Self {
        Self::Tcp(listener)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Self::Unix(_, path) = self {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// A socket that a dead program left is in the way of a new one.
async fn remove_stale(path: &Path) -> anyhow::Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(file) if !file.file_type().is_socket() => bail!("it is there and is no socket"),
        Ok(_) if UnixStream::connect(path).await.is_ok() => bail!("another program listens there"),
        Ok(_) => Ok(std::fs::remove_file(path)?),
        Err(_) => Ok(()),
    }
}
